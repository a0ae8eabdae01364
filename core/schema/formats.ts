interface Format {
  readonly is: (text: string) => boolean;
  /** The words for what does not have it. */
  readonly text: string;
}

/** Formats of our own, for the options of connectors and for the hub's files. */
export const FORMATS: Readonly<Record<string, Format>> = {
  'http-url': { is: isHttpUrl, text: 'must be an address such as https://host.example/path' },
  // Whether it is there is for `check` to say: a workspace may be checked on another machine.
  folder: { is: (text) => !text.includes('\0'), text: 'must be a folder of this machine' },
  host: {
    is: (text) => /^[\w.-]+$|^[\da-f:.]+$/i.test(text),
    text: 'must be the name or address of a machine alone, such as files.city.example',
  },
};

/** In words: what a text must be to have the format. */
export function formatText(format: string): string {
  if (format === 'date') return 'must be a date, YYYY-MM-DD';
  return FORMATS[format]?.text ?? `must be a ${format}`;
}

/** What a request can be sent to: a user or password in it would be a secret in clear. */
function isHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:';
  return isHttp && url.username === '' && url.password === '' && text === text.trim();
}
