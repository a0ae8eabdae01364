// Shows a page anew when something has changed, and says so where it can no longer be told. Without
// script the page is as good after a reload.
const AGAIN_MS = 5000;
const PATIENCE_MS = 15_000;
const shown = document.querySelector('[data-live]');
const notice = document.querySelector('[data-stale]');
/** Something has changed that is not shown yet. */
let isDue = false;
let isLost = false;

async function renew() {
  isDue = true;
  // What somebody reads with the keyboard is not taken away: it is renewed when they leave it.
  if (shown.contains(document.activeElement)) return;
  isDue = false;
  const answer = await fetch(location.href, { headers: { 'x-skolnav-live': '1' } });
  notice.hidden = answer.ok && !answer.redirected;
  if (!notice.hidden) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-live]');
  if (fresh !== null) shown.replaceChildren(...fresh.childNodes);
}

const renewed = () => renew().catch(() => (notice.hidden = false));

function listen() {
  const news = new EventSource('/live');
  news.addEventListener('change', renewed);
  news.addEventListener('open', () => {
    // What has changed meanwhile was told to nobody.
    if (isLost) renewed();
    isLost = false;
  });
  news.addEventListener('error', () => {
    isLost = true;
    setTimeout(() => isLost && (notice.hidden = false), PATIENCE_MS);
    if (news.readyState !== EventSource.CLOSED) return;
    // An answer that is no news, as after the end of a session: the browser does not ask again.
    notice.hidden = false;
    setTimeout(listen, AGAIN_MS);
  });
}

if (shown !== null && notice !== null) {
  shown.addEventListener('focusout', () => setTimeout(() => isDue && renewed()));
  listen();
}
