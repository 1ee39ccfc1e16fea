import type { Answer } from './connection.ts'
import { Phones } from './phones.ts'

/** What a phone does, from its first request to its last answer. */
export interface Work {
  /** The first request of a phone, or of one more look by it. */
  first(number: number): Buffer
  /** What comes after an answer: another request, the end, or that the answer was wrong. */
  next(number: number, step: number, answer: Answer): Buffer | 'done' | 'bad'
}

export type WorkName = 'constant' | 'splash' | 'arrival' | 'login'

export interface WorkOptions {
  readonly name: WorkName
  readonly portalUrl: string
  readonly seed: string
  readonly acceptEncoding: string | null
  /** Phones there are; requests of all are made before the clock starts. */
  readonly phones: number
  /** For `splash`: the visits to look at. */
  readonly visits: readonly string[]
}

export function workOf({ name, portalUrl, seed, acceptEncoding, phones, visits }: WorkOptions): Work {
  const crowd = new Phones(portalUrl, seed, acceptEncoding)
  const isPage = ({ status, head }: Answer): boolean =>
    status === 200 && /\r\ncontent-encoding: /i.test(head) === (acceptEncoding !== null)
  if (name === 'constant') {
    const request = crowd.get('/', 0)
    return { first: () => request, next: (_, __, { status }) => (status === 200 ? 'done' : 'bad') }
  }
  if (name === 'splash') {
    const requests = visits.map((visit, i) => crowd.get(`/splash?v=${visit}&lang=vi`, i))
    return {
      first: (number) => requests[number % requests.length]!,
      next: (number, _, answer) => {
        const isOwn = acceptEncoding !== null || answer.body.includes(visits[number % visits.length]!)
        return isPage(answer) && isOwn ? 'done' : 'bad'
      },
    }
  }
  const arrivals = Array.from({ length: phones }, (_, i) => crowd.arrival(i))
  const first = (number: number): Buffer => arrivals[number]!
  if (name === 'arrival') return { first, next: (_, __, answer) => (isPage(answer) ? 'done' : 'bad') }
  return {
    first,
    next: (number, step, answer) => {
      if (step > 0)
        return answer.status === 303 && /\r\nlocation: \S+\/logon\?username=/i.test(answer.head)
          ? 'done'
          : 'bad'
      const visit = visitOf(answer)
      return isPage(answer) && visit ? crowd.tap(visit, number) : 'bad'
    },
  }
}

/** The visit that an arrival's page is for: it stands in the cookie as well, which is never compressed. */
export const visitOf = ({ head }: Answer): string | null =>
  /\r\nset-cookie: visit=([A-Za-z0-9_-]{16})\./i.exec(head)?.[1] ?? null
