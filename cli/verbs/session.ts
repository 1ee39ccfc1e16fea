import type { Lang } from '../../console/messages.ts'
import { tellSession } from '../../console/session-words.ts'
import { loadWordings } from '../../console/wording.ts'
import { CITY_TIME_FORMS, cityTime } from '../../core/domain/city-time.ts'
import { colonMac } from '../../core/domain/mac.ts'
import type { Session } from '../../core/domain/session.ts'
import { SetupError } from '../../core/process/errors.ts'
import { audit } from '../../core/records/audit.ts'
import { lookBack, type PastSession } from '../../core/records/session-past.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE } from '../connected.ts'
import { languageOf } from '../language.ts'
import { disconnectSession, openSessions } from '../open-sessions.ts'

/** `./hotspot session`: who is online, why somebody no longer is, and ending it. */
export const session: Command = {
  verb: 'session',
  does: 'list open sessions, show what one was at any moment and why, disconnect one',
  usage: `
usage: ./hotspot session list [--site ID] [--json]
       ./hotspot session show ID [--at TIME] [--lang vi|en] [--json]
       ./hotspot session disconnect ID

show         tells an open or ended session as it was known at TIME (now), and its story until then
disconnect   takes the visitor's right back and asks the gateway to end the session

TIME is ${CITY_TIME_FORMS}; a clock time
alone is of the day on which the session began.`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action === 'list') return list(rest)
    if (action === 'show') return show(rest)
    if (action === 'disconnect') return disconnect(rest)
    throw new UsageError('say list, show or disconnect')
  },
}

async function list(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, {
    site: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  return connected(async (to) => {
    printRows((await openSessions(to, values.site ?? null)).map(rowOf), values.json)
    return 0
  })
}

async function show(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, {
    at: { type: 'string' },
    lang: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  const id = idIn(positionals)
  const lang = languageOf(values.lang, process.env)
  const { at = null } = values
  const now = Date.now()
  return connected(async ({ records, keys }) => {
    const past = await lookBack(records, id, { at, now, keys })
    if (past.session) await audit(records, ON_COMMAND_LINE, 'session.look', id, { at })
    if (past.kind === 'nothing') throw new SetupError(past.reason, past.sentence)
    process.stdout.write(values.json ? asJson(lang, past, now) : asText(lang, past, now))
    return 0
  })
}

async function disconnect(argv: readonly string[]): Promise<number> {
  const id = idIn(readArguments(argv, {}).positionals)
  return connected(async (to) => {
    const found = (await openSessions(to, null)).find((each) => each.id === id)
    if (!found)
      throw new SetupError(
        'no-session',
        `There is no open session "${id}": ./hotspot session list shows them.`,
      )
    await disconnectSession(to, found)
    await audit(to.records, ON_COMMAND_LINE, 'session.disconnect', found.id)
    process.stdout.write('the gateway is asked to end it; accounting will tell\n')
    return 0
  })
}

function idIn([id]: readonly string[]): string {
  if (!id) throw new UsageError('name the id of the session')
  return id
}

const asJson = (lang: Lang, past: PastSession, now: number): string =>
  `${JSON.stringify(tellSession(loadWordings()[lang], past, now), null, 2)}\n`

function asText(lang: Lang, past: PastSession, now: number): string {
  const told = tellSession(loadWordings()[lang], past, now)
  const lines = told.story.map(({ at, text }) => `  ${cityTime(Date.parse(at))}  ${text}`)
  // Its gateway's word for them is of no language.
  if (told.together.length > 0) lines.push(`  Acct-Multi-Session-Id = ${told.together.join(', ')}`)
  return [`${told.id}  ${told.site}  ${told.nas}`, told.summary, ...lines, ''].join('\n')
}

const rowOf = (each: Session) => ({
  id: each.id,
  site: each.site,
  nas: each.nas,
  mac: colonMac(each.mac),
  startedAt: new Date(each.startedAt).toISOString(),
  seconds: each.seconds,
  fromVisitorOctets: String(each.fromVisitorOctets),
  toVisitorOctets: String(each.toVisitorOctets),
  method: each.method,
})
