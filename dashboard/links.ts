import { type Html, html } from './html.ts';

/** Where the page of a flow, a module or a mapping is, and the link to it. */
export function flowPath(name: string): string {
  return `/flows/${encodeURIComponent(name)}`;
}

export function flowLink(name: string): Html {
  return html`<a href="${flowPath(name)}">${name}</a>`;
}

export function modulePath(name: string): string {
  return `/modules/${encodeURIComponent(name)}`;
}

export function moduleLink(name: string): Html {
  return html`<a href="${modulePath(name)}">${name}</a>`;
}

/** Links in a row. */
export function listed(links: readonly Html[]): Html {
  return html`${links.map((link, at) => (at === 0 ? link : html`, ${link}`))}`;
}

/** By the mapping's file. */
export function mappingLink(file: string): Html {
  return html`<a href="/mapping?${String(new URLSearchParams({ file }))}">${file}</a>`;
}
