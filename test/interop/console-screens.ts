import type { Browser } from 'playwright-core'
import { codeAt } from '../../core/domain/totp.ts'
import { addPerson, type Role } from '../../core/records/people.ts'
import { enrol, newFactorSecret } from '../../core/records/second-factor.ts'
import { StaffStore } from '../../core/store/staff.ts'
import { fillCity, type FullCity } from '../console/full-city.ts'
import { PAGES } from '../console/page-roles.ts'
import { routesOf } from '../console/routes.ts'
import { startStage, type Stage } from '../console/stage.ts'
import { launch } from './console-checks.ts'

/** A console in a city in which everything has happened, for a real browser; and which screens there are. */

export const PASSWORD = 'mot mat khau that dai'
const STEP_MS = 30_000

interface Cookie {
  readonly name: string
  readonly value: string
  readonly url: string
}

export interface Newcomer {
  readonly name: string
  /** What his app shows now; null where he has none. */
  code(): string | null
}

export interface OpenConsole {
  readonly stage: Stage
  readonly origin: string
  /** Null where there is none. */
  readonly browser: Browser | null
  readonly city: FullCity
  /** The addresses of each screen: the full one first, then partial, empty and gone. */
  readonly screens: Readonly<Record<string, readonly string[]>>
  /** The cookie of somebody of the city who is signed in. */
  cookie(): Promise<Cookie>
  /** That of somebody whose second step is still to come. */
  waiting(): Promise<Cookie>
  /** Adds somebody with a role, who sees all sites but one if his role has some. */
  join(role: Role, name?: string): Promise<Newcomer>
}

/** What of tap this needs. */
interface Test {
  teardown(work: () => unknown): void
}

export async function openConsole(t: Test): Promise<OpenConsole> {
  const stage = await startStage()
  t.teardown(() => stage.stop())
  const origin = await stage.app.listen({ host: '127.0.0.1', port: 0 })
  const browser = await launch()
  t.teardown(() => browser?.close())
  const city = await fillCity(stage)
  const cookieOf = async (person: string, waits: boolean): Promise<Cookie> => {
    const { id } = await new StaffStore(stage.store).open(person, stage.now, { waits })
    return { name: 'hotspot-staff', value: id, url: origin }
  }
  const { id: staff } = await addPerson(stage.records, { name: 'linh', role: 'city', sites: [] }, PASSWORD)
  await stage.records.query("UPDATE people SET totp_sealed = 'none' WHERE id = $1", [staff])
  return {
    stage,
    origin,
    browser,
    city,
    screens: screensOf(city),
    cookie: () => cookieOf(staff, false),
    waiting: () => cookieOf(staff, true),
    async join(role, name = `${role}.binh`) {
      const sites = role === 'city' || role === 'auditor' ? [] : HIS
      const { id } = await addPerson(stage.records, { name, role, sites }, PASSWORD)
      if (role !== 'city' && role !== 'operator') return { name, code: () => null }
      const secret = newFactorSecret()
      const typed = codeAt(secret, Math.floor(stage.now / STEP_MS))
      await enrol(stage.records, stage.keys, { person: id, secret, typed, now: stage.now })
      return {
        name,
        // Each code works once: his is that of the next half minute.
        code: () => codeAt(secret, Math.floor(stage.now / STEP_MS) + 1),
      }
    },
  }
}

/** The sites of people who have some. */
const HIS = ['ho-hoan-kiem', 'hanssip']
/** One that is not theirs. */
export const ANOTHERS = 'bat-trang'

function screensOf({ batch, longest, person }: FullCity): Readonly<Record<string, readonly string[]>> {
  const lake = '/sites/ho-hoan-kiem'
  return {
    'GET /': ['/'],
    'GET /sites': [
      '/sites',
      '/sites?state=silent',
      `/sites?operator=west&ward=${encodeURIComponent('Phường Văn Miếu – Quốc Tử Giám')}`,
      '/sites?category=craft-village&state=planned',
    ],
    'GET /sites/:id': [lake, '/sites/bat-trang', '/sites/hanssip', '/sites/dong-anh', '/sites/none'],
    'GET /sites/:id/codes': [`${lake}/codes`, '/sites/dong-anh/codes', '/sites/none/codes'],
    'GET /sites/:id/codes/:batch': [`${lake}/codes/${batch}`],
    'GET /sites/:id/codes/:batch/sheet': [
      `${lake}/codes/${batch}/sheet`,
      `/sites/hanssip/codes/${longest}/sheet`,
    ],
    'GET /sites/:id/page': [`${lake}/page`, '/sites/hanssip/page'],
    'GET /sites/:id/incidents': [`${lake}/incidents`, '/sites/hanssip/incidents?month=2026-01'],
    'GET /sites/:id/people': [`${lake}/people`, '/sites/dong-anh/people'],
    'GET /sites/:id/reports/:month': [`${lake}/reports/2026-02`, '/sites/dong-anh/reports/2026-02'],
    'GET /reports/:month': ['/reports/2026-02', '/reports/2026-03'],
    'GET /pages': ['/pages'],
    'GET /incidents': ['/incidents'],
    'GET /notices': ['/notices'],
    'GET /promotion': ['/promotion'],
    'GET /promotion/:id': ['/promotion/dem-ho-guom', '/promotion/gom'],
    'GET /visitors': ['/visitors', '/visitors?site=hanssip&days=28&beside=year'],
    'GET /nas': ['/nas'],
    'GET /nas/:id': ['/nas/gw-1', '/nas/gw-2', '/nas/none'],
    'GET /settings': ['/settings'],
    'GET /audit': ['/audit'],
    'GET /people': ['/people'],
    'GET /people/:id': [`/people/${person}`],
    'GET /account': ['/account'],
    'GET /account/second-factor': ['/account/second-factor'],
    'GET /map': ['/map'],
    'GET /sign-in': ['/sign-in'],
    'GET /sign-in/code': ['/sign-in/code'],
  }
}

/** What is no page of its own: files, what stands in frames of pages, streams of counts, health. */
const NO_SCREEN = /^GET \/(api|assets|health)\/|\/(preview|live)$|\.pdf$/

/** The screens of a console, by its own list of routes. */
export const screenRoutes = ({ stage }: OpenConsole): string[] =>
  routesOf(stage.app).filter((line) => line.startsWith('GET ') && !NO_SCREEN.test(line))

/** Which of a console's screens an address opens. */
export function screenAt(path: string): string | undefined {
  const asked = path.split(/[?#]/)[0]!.split('/')
  const fits = (route: string): boolean => {
    const parts = route.slice('GET '.length).split('/')
    return (
      parts.length === asked.length && parts.every((part, i) => part.startsWith(':') || part === asked[i])
    )
  }
  // An address with fewer names in place of words is the nearer one.
  return Object.keys(PAGES)
    .filter((route) => route.startsWith('GET ') && fits(route))
    .sort((a, b) => a.split(':').length - b.split(':').length)[0]
}
