// Says while somebody types what the target's schema would not take. Without script the page that
// shows the difference says the same.
const PAUSE_MS = 400;
const form = document.querySelector('form[data-check]');

async function check() {
  const said = new URLSearchParams(new FormData(form));
  said.set('do', 'check');
  const answer = await fetch(form.action, { method: 'POST', body: said });
  if (!answer.ok || answer.redirected) return;
  const faults = new Map((await answer.json()).map(({ field, text }) => [field, text]));
  for (const place of form.querySelectorAll('[data-fault]')) {
    const text = faults.get(place.dataset.fault) ?? '';
    if (place.textContent !== text) place.textContent = text;
  }
}

if (form !== null) {
  let waiting = 0;
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => check().catch(() => undefined), PAUSE_MS);
  });
}
