// Of a double click the second is not sent: what the first has done would be told as nothing to do.
const PAUSE_MS = 2000;
const sent = new WeakSet();

document.addEventListener('submit', (event) => {
  if (sent.has(event.target)) return event.preventDefault();
  sent.add(event.target);
  setTimeout(() => sent.delete(event.target), PAUSE_MS);
});
