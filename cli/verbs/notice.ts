import { cityDay } from '../../core/domain/day.ts'
import { CITY_TIME_FORMS, cityTime, readCityTime } from '../../core/domain/city-time.ts'
import { LANGUAGES, type LocalText } from '../../core/domain/language.ts'
import { LIFTS } from '../../core/domain/limits.ts'
import {
  draftFaults,
  NOTICE_KINDS,
  noticeState,
  type NoticeDraft,
  type NoticePlaces,
} from '../../core/domain/notice.ts'
import { CATEGORIES } from '../../core/domain/site.ts'
import { SetupError } from '../../core/process/errors.ts'
import { readCity } from '../../core/records/city.ts'
import {
  approveNotice,
  draftNotice,
  endNotice,
  listNotices,
  type Changed,
  type NoticeBoard,
  type RecordedNotice,
} from '../../core/records/notices.ts'
import { publishNotices } from '../../core/store/tables.ts'
import { printRows, readArguments, UsageError, type Command } from '../command.ts'
import { connected, ON_COMMAND_LINE, type Connected } from '../connected.ts'

/** `./hotspot notice`: what every splash tells its visitors above all else. */
export const notice: Command = {
  verb: 'notice',
  does: 'tell visitors of emergencies and maintenance, on every splash within seconds',
  usage: `
usage: ./hotspot notice create --kind ${[...NOTICE_KINDS].reverse().join('|')}
           --all | --category CATEGORY | --ward WARD | --site ID…
           --title vi=TEXT --title en=TEXT… --body vi=TEXT --body en=TEXT…
           [--lift ${LIFTS.join(',')}] [--from TIME] [--until TIME] [--yes] [--json]
       ./hotspot notice list [--all] [--json]
       ./hotspot notice approve ID [--yes] [--json]
       ./hotspot notice end ID [--json]

create    drafts a notice, which nobody sees yet, and prints its id; with --yes it is approved at once
list      shows drafts and what is in force; with --all what is over, too
approve   publishes a draft: every portal shows it within seconds, or from its time on
end       takes it off every portal, or throws a draft away

An emergency (info, warning, evacuate) of the whole city needs two people. The command line is one: --yes publishes on
its word alone, and the audit says so.

Other languages are ${LANGUAGES.slice(2).join(', ')}; one that is not given is told by a
standard sentence and the English text. CATEGORY is ${CATEGORIES.join(', ')}.
--lift takes limits away while an emergency lasts: time (opening hours, too), data, codes (one tap is enough).
TIME is ${CITY_TIME_FORMS}.`,
  async run(argv) {
    const [action, ...rest] = argv
    if (action === 'create') return create(rest)
    if (action === 'list') return list(rest)
    if (action === 'approve') return approve(rest)
    if (action === 'end') return end(rest)
    throw new UsageError('say create, list, approve or end')
  },
}

async function create(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, {
    kind: { type: 'string' },
    all: { type: 'boolean', default: false },
    category: { type: 'string' },
    ward: { type: 'string' },
    site: { type: 'string', multiple: true },
    title: { type: 'string', multiple: true, default: [] },
    body: { type: 'string', multiple: true, default: [] },
    lift: { type: 'string', multiple: true, default: [] },
    from: { type: 'string' },
    until: { type: 'string' },
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  })
  const now = Date.now()
  const lifted = values.lift.flatMap((each) => each.split(',')).map((each) => oneOf('lift', LIFTS, each))
  const draft: NoticeDraft = {
    kind: oneOf('kind', NOTICE_KINDS, values.kind),
    places: placesOf(values),
    from: values.from === undefined ? now : timeOf('from', values.from, now),
    until: values.until === undefined ? null : timeOf('until', values.until, now),
    title: textOf('title', values.title),
    body: textOf('body', values.body),
    lifts: LIFTS.filter((lift) => lifted.includes(lift)),
  }
  return connected(async (to) => {
    const faults = draftFaults(draft, (await readCity(to.records, to.keys)).sites, now)
    if (faults.length > 0) throw new SetupError('bad-notice', `This is no notice: ${faults.join('; ')}.`)
    const drafted = await draftNotice(to.records, draft, { who: ON_COMMAND_LINE, now })
    const step = { who: ON_COMMAND_LINE, now: Date.now(), alone: true }
    const shown = values.yes ? done(await approveNotice(boardOf(to), drafted.id, step), drafted.id) : drafted
    show([shown], values.json)
    return 0
  })
}

async function list(argv: readonly string[]): Promise<number> {
  const { values } = readArguments(argv, {
    all: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  })
  return connected(async ({ records }) => {
    show(await listNotices(records, { now: Date.now(), all: values.all }), values.json)
    return 0
  })
}

async function approve(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, {
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  })
  const id = idIn(positionals)
  return connected(async (to) => {
    const step = { who: ON_COMMAND_LINE, now: Date.now(), alone: values.yes }
    show([done(await approveNotice(boardOf(to), id, step), id)], values.json)
    return 0
  })
}

async function end(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv, { json: { type: 'boolean', default: false } })
  const id = idIn(positionals)
  return connected(async (to) => {
    const step = { who: ON_COMMAND_LINE, now: Date.now() }
    show([done(await endNotice(boardOf(to), id, step), id)], values.json)
    return 0
  })
}

const boardOf = ({ records, store }: Connected): NoticeBoard => ({
  records,
  publish: (notices) => publishNotices(store, notices),
})

function done(changed: Changed, id: string): RecordedNotice {
  if (changed.kind === 'done') return changed.notice
  throw new SetupError(changed.reason, `${WHY[changed.reason]} (notice "${id}")`)
}

const WHY: Readonly<Record<Extract<Changed, { kind: 'refused' }>['reason'], string>> = {
  'no-notice': 'There is no such notice: ./hotspot notice list --all shows them.',
  approved: 'It is approved already.',
  over: 'It is over: make a new one.',
  'needs-two-people':
    'An emergency notice of the whole city needs somebody else than who drafted it; --yes publishes it on one word.',
}

function idIn([id, more]: readonly string[]): string {
  if (!id || more !== undefined) throw new UsageError('name the id of one notice')
  return id
}

function placesOf(values: {
  readonly all: boolean
  readonly category?: string | undefined
  readonly ward?: string | undefined
  readonly site?: readonly string[] | undefined
}): NoticePlaces {
  const { category, ward, site } = values
  const places: NoticePlaces[] = []
  if (values.all) places.push({ kind: 'all' })
  if (category !== undefined)
    places.push({ kind: 'category', category: oneOf('category', CATEGORIES, category) })
  if (ward !== undefined) places.push({ kind: 'ward', ward })
  if (site !== undefined) places.push({ kind: 'sites', ids: site })
  const [only, another] = places
  if (!only || another) throw new UsageError('say where: --all, --category, --ward or --site')
  return only
}

function oneOf<T extends string>(name: string, choices: readonly T[], given: string | undefined): T {
  const chosen = choices.find((choice) => choice === given)
  if (chosen === undefined) throw new UsageError(`--${name} takes one of ${choices.join(', ')}`)
  return chosen
}

/** `vi=…` and so on, each language once; what is needed is said by the notice's own rules. */
function textOf(name: string, given: readonly string[]): LocalText {
  const text: Partial<Record<string, string>> = {}
  for (const each of given) {
    const at = each.indexOf('=')
    const lang = oneOf(name, LANGUAGES, at < 0 ? undefined : each.slice(0, at))
    if (text[lang] !== undefined) throw new UsageError(`--${name} ${lang}= is there twice`)
    text[lang] = each
      .slice(at + 1)
      .trim()
      .normalize('NFC')
  }
  return { vi: '', en: '', ...text }
}

function timeOf(name: string, given: string, now: number): number {
  const at = readCityTime(given, cityDay(now))
  if (at === null) throw new UsageError(`--${name} takes ${CITY_TIME_FORMS}, not "${given}"`)
  return at
}

function show(notices: readonly RecordedNotice[], json: boolean): void {
  const now = Date.now()
  const time = (at: number | null): string | null =>
    at === null ? null : json ? new Date(at).toISOString() : cityTime(at)
  const rows = notices.map((each) => ({
    id: each.id,
    state: noticeState(each, now),
    kind: each.kind,
    places: json ? each.places : wordsOf(each.places),
    lifts: json ? each.lifts : each.lifts.join(', '),
    from: time(each.from),
    until: time(each.until),
    ...(json
      ? {
          title: each.title,
          body: each.body,
          draftedBy: each.draftedBy,
          draftedAt: time(each.draftedAt),
          approvedBy: each.approvedBy,
          approvedAt: time(each.approvedAt),
          endedBy: each.endedBy,
          endedAt: time(each.endedAt),
        }
      : { title: each.title.vi }),
  }))
  printRows(rows, json)
}

function wordsOf(places: NoticePlaces): string {
  if (places.kind === 'all') return 'the whole city'
  if (places.kind === 'sites') return places.ids.join(', ')
  return places.kind === 'ward' ? places.ward : places.category
}
