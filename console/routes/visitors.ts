import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { cityDay } from '../../core/domain/day.ts'
import { annotate, ANNOTATION_MOST, removeAnnotation } from '../../core/records/annotations.ts'
import type { Records } from '../../core/records/database.ts'
import type { Tables } from '../../core/store/tables.ts'
import { maySee, RIGHTS, scopeOf, sitesOf } from '../access.ts'
import type { Draw } from '../draw.ts'
import { personOf } from '../gate.ts'
import { visitorsView } from '../pages/visitors.ts'
import { BESIDES, compareVisitors, PERIODS } from '../visitors.ts'
import { drawMessage } from './messages.ts'
import { alertsOf, fieldsOf, wordsIn, type Outcome } from './own-site.ts'
import { textOf } from './sign-in.ts'

type Asked = { Querystring: Record<string, unknown> }

/** Visitors of a period beside another one, and what staff note on days. */
export function visitorRoutes(
  app: FastifyInstance,
  {
    draw,
    records,
    tables,
    now,
  }: {
    readonly draw: Draw
    readonly records: Records
    readonly tables: () => Tables
    readonly now: () => number
  },
): void {
  async function drawPage(
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: Outcome | null,
  ): Promise<FastifyReply> {
    const person = personOf(request)
    const query = request.query as Asked['Querystring']
    const scope = scopeOf(person)
    const sites = [...tables().sites.values()].filter(({ id }) => maySee(scope, id))
    const wanted = textOf(query['site'])
    if (wanted !== '' && !maySee(scope, wanted)) return drawMessage(draw, reply, 'forbidden')
    const site = wanted !== '' ? wanted : scope.kind === 'city' ? null : (sites[0]?.id ?? '')
    const length = PERIODS.find((each) => String(each) === query['days']) ?? PERIODS[0]
    const beside = BESIDES.find((each) => each === query['beside']) ?? BESIDES[0]
    const compared = await compareVisitors(records, { site, sites: sitesOf(person), length, beside }, now())
    const wording = draw.wording(request)
    return draw.page(reply, 'visitors', {
      title: wording.say('visitors.title'),
      current: 'visitors',
      alerts: alertsOf(wording.say, outcome),
      page: {
        ...visitorsView(wording, compared, {
          exact: scope.kind === 'city',
          wholeCity: scope.kind === 'city',
          sites,
          site,
          length,
          beside,
          mayNote:
            RIGHTS['annotations:write'].includes(person.role) && (scope.kind === 'city' || site !== ''),
        }),
        most: ANNOTATION_MOST,
        today: cityDay(now()),
      },
    })
  }

  app.get<Asked>('/visitors', { config: { who: 'staff' } }, (request, reply) =>
    drawPage(request, reply, null),
  )

  app.post<Asked>('/visitors', { config: { who: RIGHTS['annotations:write'] } }, async (request, reply) => {
    const person = personOf(request)
    const fields = fieldsOf(request)
    const sites = sitesOf(person)
    const remove = textOf(fields['remove'])
    if (remove !== '') {
      const gone =
        /^\d{1,18}$/.test(remove) && (await removeAnnotation(records, remove, { who: person.name, sites }))
      return drawPage(request, reply, { said: gone ? 'visitors.removed' : 'visitors.bad', failed: !gone })
    }
    const site = textOf(fields['site']) || null
    if (site === null ? sites !== null && fields['vi'] !== undefined : !maySee(scopeOf(person), site))
      return drawMessage(draw, reply, 'forbidden')
    const [day, vi, en] = [textOf(fields['day']), wordsIn(fields['vi']), wordsIn(fields['en'])]
    if (!isDay(day) || ![vi, en].every((text) => isNote(text)) || (site && !tables().sites.has(site)))
      return drawPage(request, reply.code(400), { said: 'visitors.bad', failed: true })
    await annotate(records, { day, site, vi, en }, person.name)
    return drawPage(request, reply, { said: 'visitors.noted' })
  })
}

const isNote = (text: string): boolean =>
  text !== '' && text.length <= ANNOTATION_MOST && !/\p{Cc}/u.test(text)

const isDay = (text: string): boolean =>
  /^20\d\d-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true
