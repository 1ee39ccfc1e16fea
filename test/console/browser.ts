import type { FastifyInstance, LightMyRequestResponse } from 'fastify'

/** A browser without a screen: keeps cookies, sends a page's form with its hidden fields. */
export class Browser {
  readonly cookies = new Map<string, string>()
  readonly #app: FastifyInstance
  readonly #headers: Readonly<Record<string, string>>
  #page = ''

  constructor(app: FastifyInstance, headers: Readonly<Record<string, string>> = {}) {
    this.#app = app
    this.#headers = headers
  }

  /** The text of the page that came last. */
  get page(): string {
    return this.#page
  }

  get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<LightMyRequestResponse> {
    return this.#send({ method: 'GET', url, headers })
  }

  /** Sends a form of the page that came last; `fields` join its hidden ones, `null` leaves one out. */
  post(
    url: string,
    fields: Readonly<Record<string, string | null>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<LightMyRequestResponse> {
    const token = /name="form" value="([^"]*)"/.exec(this.#page)?.[1] ?? ''
    const all = Object.entries({ form: token, ...fields }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    )
    return this.#send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      payload: new URLSearchParams(all).toString(),
    })
  }

  async signIn(name: string, password: string): Promise<LightMyRequestResponse> {
    await this.get('/sign-in')
    return this.post('/sign-in', { name, password })
  }

  async #send(request: {
    method: 'GET' | 'POST'
    url: string
    headers: Readonly<Record<string, string>>
    payload?: string
  }): Promise<LightMyRequestResponse> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await this.#app.inject({
      ...request,
      headers: { ...this.#headers, ...(cookie && { cookie }), ...request.headers },
    })
    for (const { name, value, expires } of response.cookies)
      if (value === '' || (expires !== undefined && expires.getTime() <= 0)) this.cookies.delete(name)
      else this.cookies.set(name, value)
    if (String(response.headers['content-type']).startsWith('text/html')) this.#page = response.body
    return response
  }
}
