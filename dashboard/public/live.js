// Shows the overview anew when something has changed. Without script the page is as good after a
// reload.
const shown = document.querySelector('[data-live]');

async function renew() {
  const isReading = shown.contains(document.activeElement);
  if (isReading) return;
  const answer = await fetch(location.href, { headers: { 'x-skolnav-live': '1' } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-live]');
  if (fresh !== null) shown.replaceChildren(...fresh.childNodes);
}

if (shown !== null) {
  const news = new EventSource('/live');
  news.addEventListener('change', () => renew().catch(() => undefined));
}
