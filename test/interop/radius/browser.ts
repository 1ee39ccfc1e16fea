/** A phone's browser, as far as a visitor without script needs one: pages, forms, and redirects that are followed by hand. */

export interface Page {
  readonly status: number
  readonly body: string
  /** Where it redirects to, absolute; null for a page. */
  readonly location: string | null
}

const HEADERS = {
  'user-agent':
    'Mozilla/5.0 (Linux; Android 14; SM-A055F) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36',
  'accept-language': 'vi',
}

export async function get(url: string): Promise<Page> {
  return pageOf(url, await fetch(url, { redirect: 'manual', headers: HEADERS }))
}

/** The address of another page of the same visit. */
export function beside(page: string, path: string): string {
  const url = new URL(page)
  url.pathname = path
  return url.href
}

export interface Form {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

/** The one form of a page that posts to a path. */
export function formOf({ body }: Page, base: string, path: string): Form {
  const forms = [...body.matchAll(/<form method="post" action="([^"]*)">(.*?)<\/form>/gs)]
  const found = forms.filter(([, action]) => unescaped(action!).startsWith(path))
  if (found.length !== 1) throw new Error(`the page has ${found.length} forms to ${path}`)
  const [, action = '', inside = ''] = found[0]!
  const inputs = [...inside.matchAll(/<input\b[^>]*>/g)].map(([tag]) => tag)
  const attribute = (tag: string, name: string): string =>
    unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
  return {
    action: new URL(unescaped(action), base).href,
    fields: Object.fromEntries(inputs.map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')])),
  }
}

export async function post({ action, fields }: Form): Promise<Page> {
  const body = new URLSearchParams(fields)
  return pageOf(action, await fetch(action, { method: 'POST', body, redirect: 'manual', headers: HEADERS }))
}

async function pageOf(url: string, response: Response): Promise<Page> {
  const location = response.headers.get('location')
  return {
    status: response.status,
    body: await response.text(),
    location: location === null ? null : new URL(location, url).href,
  }
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
