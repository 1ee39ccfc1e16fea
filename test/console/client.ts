import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { AxiosResponse } from 'axios'
import clientAxios from 'openapi-client-axios'

/** What is read of the document of an API here. */
export interface ApiDocument {
  readonly openapi: string
  readonly components: { readonly responses: Readonly<Record<string, Answer>> }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}
export interface Operation {
  readonly operationId: string
  readonly security: readonly { readonly token?: readonly string[] }[]
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: object
  readonly responses: Readonly<Record<string, Answer & { readonly $ref?: string }>>
}
interface Answer {
  readonly headers?: Readonly<Record<string, object>>
  readonly content?: Readonly<Record<string, object>>
}

export interface Call {
  /** Of the path and of the query, by name. */
  readonly with?: Readonly<Record<string, string | number>>
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A client that is made of nothing but the document, and holds every answer against what the document says of it. */
export class ApiClient {
  /** Ids of the operations that were asked, with the statuses that came. */
  readonly asked = new Map<string, Set<number>>()
  readonly operations: ReadonlyMap<string, Operation & { readonly method: string; readonly path: string }>
  readonly #document: ApiDocument
  readonly #ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }))
  readonly #validators = new Map<string, ValidateFunction>()
  readonly #client: Promise<Readonly<Record<string, (...words: unknown[]) => Promise<AxiosResponse<string>>>>>

  /** @param headers of each call, made anew */
  constructor(document: ApiDocument, origin: string, headers: () => Readonly<Record<string, string>>) {
    this.#document = document
    this.#ajv.addSchema(document, 'api')
    this.operations = new Map(
      Object.entries(document.paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(
          ([method, each]) => [each.operationId, { ...each, method, path }] as const,
        ),
      ),
    )
    const api = new clientAxios.OpenAPIClientAxios({
      definition: structuredClone(document) as never,
      withServer: { url: `${origin}/api/v1` },
      axiosConfigDefaults: {
        validateStatus: () => true,
        // As it came over the line: what a parser makes of it comes later.
        transformResponse: (text: string) => text,
      },
    })
    this.#client = api.init<never>().then((client: never) => {
      const axios = client as unknown as {
        interceptors: { request: { use(each: (config: { headers: object }) => object): void } }
      }
      axios.interceptors.request.use((config) => {
        for (const [name, value] of Object.entries(headers()))
          if (!(name in config.headers)) Object.assign(config.headers, { [name]: value })
        return config
      })
      return client
    })
  }

  /** Asks an operation. @throws when the answer is not as the document has it */
  async call(
    id: string,
    { with: given = {}, body, headers = {} }: Call = {},
  ): Promise<{
    status: number
    headers: Readonly<Record<string, string>>
    body: unknown
    text: string
  }> {
    const operation = this.operations.get(id)
    const client = await this.#client
    if (!operation || !client[id]) throw new Error(`the document has no operation ${id}`)
    const answer = await client[id](given, body, { headers })
    const { status, data: text = '' } = answer
    this.asked.set(id, (this.asked.get(id) ?? new Set()).add(status))
    const told = answer.headers as Readonly<Record<string, string>>
    const fault = (what: string): Error =>
      new Error(`${id} ${JSON.stringify(given)} ${status}: ${what}: ${text.slice(0, 400)}`)
    const entry = operation.responses[status] ?? (status >= 400 ? operation.responses['default'] : undefined)
    if (!entry) throw fault('the document has no such status')
    const declared = entry.$ref ? this.#document.components.responses[entry.$ref.split('/').pop()!]! : entry
    for (const name of Object.keys(declared.headers ?? {}))
      if (told[name.toLowerCase()] === undefined && operation.security.length > 0)
        throw fault(`no header ${name}`)
    const type = (told['content-type'] ?? '').split(';')[0]!
    if (!declared.content) {
      if (text !== '') throw fault('a body that is not in the document')
      return { status, headers: told, body: null, text }
    }
    if (!declared.content[type]) throw fault(`the type ${type} is not in the document`)
    const isJson = type.endsWith('json')
    const read: unknown = isJson ? JSON.parse(text) : text
    const pointer = entry.$ref
      ? entry.$ref.slice(1)
      : ['', 'paths', operation.path, operation.method, 'responses', String(status)].map(escaped).join('/')
    const validate = this.#validator(`${pointer}/content/${escaped(type)}/schema`)
    if (!validate(read)) throw fault(this.#ajv.errorsText(validate.errors))
    return { status, headers: told, body: read, text }
  }

  #validator(pointer: string): ValidateFunction {
    const known = this.#validators.get(pointer) ?? this.#ajv.compile({ $ref: `api#${encodeURI(pointer)}` })
    this.#validators.set(pointer, known)
    return known
  }
}

const escaped = (word: string): string => word.replaceAll('~', '~0').replaceAll('/', '~1')
