import t from 'tap'
import { routesOf } from './routes.ts'
import { startStage } from './stage.ts'

/** What a person can do a program can do: for each page and form of the console, what of the API does the same. */

const stage = await startStage()
t.teardown(() => stage.stop())

/** Operations of the API, or why there is none. */
type Twin = readonly string[] | string

const PERSON_HIMSELF = 'what proves who somebody is stays with the person, and no token may change it'
const FILE = 'a part of pages, or of running them'
const PAPER = 'the drawing of what the API tells as figures and words'

const TWINS: Readonly<Record<string, Twin>> = {
  'GET /': ['GET /sites', 'GET /visitors', 'GET /figures/daily', 'GET /figures/funnel'],
  'GET /sites': ['GET /sites', 'GET /figures/daily'],
  'GET /sites/:id': ['GET /sites/:id', 'GET /sites/:id/access-points', 'GET /figures/daily'],
  'GET /sites/:id/codes': ['GET /vouchers/batches', 'GET /vouchers'],
  'POST /sites/:id/codes': ['POST /vouchers'],
  'GET /sites/:id/codes/:batch': ['GET /vouchers/batches/:id'],
  'POST /sites/:id/codes/:batch': ['DELETE /vouchers/batches/:id', 'DELETE /vouchers/:id'],
  'GET /sites/:id/codes/:batch/sheet': ['GET /vouchers/batches/:id/codes'],
  'GET /sites/:id/page': ['GET /pages'],
  'POST /sites/:id/page': ['POST /pages/:id', 'POST /pages/:id/send'],
  'POST /sites/:id/page/decision': ['POST /pages/:id/approve', 'POST /pages/:id/reject'],
  'GET /sites/:id/page/preview': ['GET /pages/:id/preview'],
  'GET /pages': ['GET /pages'],
  'GET /incidents': ['GET /incidents', 'GET /notices'],
  'POST /incidents/:id': ['POST /incidents/:id/acknowledge'],
  'GET /sites/:id/incidents': ['GET /incidents'],
  'GET /sites/:id/people': ['GET /sites/:id/people'],
  'GET /reports/:month': ['GET /reports/:month'],
  'GET /reports/:month/report.pdf': PAPER,
  'GET /sites/:id/reports/:month': ['GET /reports/:month'],
  'GET /sites/:id/reports/:month/report.pdf': PAPER,
  'GET /promotion': ['GET /campaigns'],
  'POST /promotion': ['POST /campaigns'],
  'GET /promotion/:id': ['GET /campaigns/:id', 'GET /figures/campaigns'],
  'POST /promotion/:id': [
    'POST /campaigns/:id',
    'POST /campaigns/:id/approve',
    'POST /campaigns/:id/pause',
    'POST /campaigns/:id/resume',
    'POST /campaigns/:id/end',
    'POST /campaigns/:id/discard',
  ],
  'GET /promotion/:id/preview': ['GET /campaigns/:id/preview'],
  'GET /notices': ['GET /notices'],
  'POST /notices': ['POST /notices'],
  'POST /notices/:id': ['POST /notices/:id/approve', 'POST /notices/:id/end'],
  'GET /nas': ['GET /nas'],
  'POST /nas': ['POST /nas'],
  'GET /nas/:id': ['GET /nas/:id'],
  'POST /nas/:id': ['DELETE /nas/:id'],
  'GET /settings': ['GET /settings'],
  'GET /visitors': ['GET /visitors', 'GET /annotations'],
  'POST /visitors': ['POST /annotations', 'DELETE /annotations/:id'],
  'GET /audit': ['GET /audit'],
  'GET /people': ['GET /people'],
  'POST /people': ['POST /people'],
  'GET /people/:id': ['GET /people/:id'],
  'POST /people/:id': [
    'POST /people/:id/role',
    'POST /people/:id/password',
    'POST /people/:id/reset-factor',
    'DELETE /people/:id',
  ],
  'GET /account': ['GET /tokens'],
  'POST /account': ['POST /tokens', 'DELETE /tokens/:id'],
  'GET /account/second-factor': PERSON_HIMSELF,
  'POST /account/second-factor': PERSON_HIMSELF,
  'GET /sign-in': PERSON_HIMSELF,
  'POST /sign-in': PERSON_HIMSELF,
  'GET /sign-in/code': PERSON_HIMSELF,
  'POST /sign-in/code': PERSON_HIMSELF,
  'POST /sign-out': PERSON_HIMSELF,
  'GET /live': ['GET /sites', 'GET /figures/daily'],
  'GET /sites/:id/live': ['GET /sites/:id', 'GET /figures/daily'],
  'POST /alerts': 'told by Alertmanager, with a token of its own',
  'GET /map': ['GET /open/hotspots.geojson', 'GET /open/reach.json'],
  'GET /assets/:name': FILE,
  'GET /assets/fonts/:name': FILE,
  'GET /health/live': FILE,
  'GET /health/ready': FILE,
}

const API = '/api/v1'
const all = routesOf(stage.app)
const isOfApi = (route: string): boolean => route.includes(` ${API}/`)

t.test('every page and form has a twin in the API, or a reason to have none', (t) => {
  t.same(Object.keys(TWINS).sort(), all.filter((route) => !isOfApi(route)).sort())
  const operations = new Set(all.filter(isOfApi).map((route) => route.replace(API, '')))
  for (const [route, twin] of Object.entries(TWINS)) {
    if (typeof twin === 'string') t.ok(twin.length > 0, route)
    else for (const each of twin) t.ok(operations.has(each), `${route}: ${each}`)
  }
  t.end()
})

t.test('whatever a program may change has a form as well', (t) => {
  const twins = new Set(Object.values(TWINS).flatMap((twin) => (typeof twin === 'string' ? [] : twin)))
  for (const route of all.filter((each) => isOfApi(each) && !each.startsWith('GET ')))
    t.ok(twins.has(route.replace(API, '')), route)
  t.end()
})
