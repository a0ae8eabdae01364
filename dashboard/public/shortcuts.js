// `?` opens the list of shortcuts; g and then a letter opens a page of the menu. Whoever does not
// want them switches them off there: single letters get in the way of speech input.
const OFF = 'skolnav-shortcuts-off';
const WAIT_MS = 1500;
let isGoing = false;

function isWriting({ target }) {
  return target instanceof Element && target.closest('input, select, textarea') !== null;
}

document.addEventListener('keydown', (event) => {
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  if (hasModifier || isWriting(event) || localStorage.getItem(OFF) !== null) return;
  if (event.key === '?') location.assign('/shortcuts');
  const link = isGoing ? document.querySelector(`nav [data-key="${CSS.escape(event.key)}"]`) : null;
  isGoing = event.key === 'g';
  if (isGoing) setTimeout(() => (isGoing = false), WAIT_MS);
  link?.click();
});

const choice = document.querySelector('[data-shortcuts]');
if (choice !== null) {
  choice.hidden = false;
  const box = choice.querySelector('input');
  box.checked = localStorage.getItem(OFF) === null;
  box.addEventListener('change', () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, '1');
  });
}
