import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { CATEGORIES, LOGIN_METHODS } from '../../core/domain/site.ts'
import { ROLES } from '../../core/records/people.ts'
import { FUNNEL_STEPS } from '../../console/figures/figures.ts'
import { chooseLang, loadMessages } from '../../console/messages.ts'
import { STATES } from '../../console/pages/sites.ts'

const console = new URL('../../console/', import.meta.url)
const messages = loadMessages()
const catalogue = (lang: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`locales/${lang}.json`, console), 'utf8')) as Record<string, string>

const sources = readdirSync(console, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|eta)$/.test(file))
  .map((file) => readFileSync(new URL(file, console), 'utf8'))
  .join('\n')

t.test('both languages have the same keys in the same order, and the same params', async (t) => {
  t.same(Object.keys(catalogue('en')), Object.keys(catalogue('vi')))
  const slots = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()
  for (const [key, text] of Object.entries(catalogue('vi')))
    t.same(slots(catalogue('en')[key]!), slots(text), key)
})

t.test('every sentence that the code names exists', async (t) => {
  for (const [, key] of sources.matchAll(/\bsay\(\s*'([\w.-]+)'/g)) t.ok(messages.has(key!), key!)
  const made = [
    ...CATEGORIES.map((each) => `category.${each}`),
    ...LOGIN_METHODS.map((each) => `login.${each}`),
    ...ROLES.map((each) => `role.${each}`),
    ...STATES.map((each) => `state.${each}`),
    ...FUNNEL_STEPS.map((each) => `step.${each}`),
    ...['live', 'silent', 'unknown'].map((each) => `device.state.${each}`),
    ...['minutes', 'hours', 'days'].map((each) => `ago.${each}`),
  ]
  for (const key of made) t.ok(messages.has(key), key)
})

t.test('every sentence is used', async (t) => {
  // The story's are counted in session-words.test.ts.
  const made =
    /^(audit\.what|category|login|role|state|step|device\.state|ago|reason|message|quiet|story|account\.duty|notices\.(kind|lift|refused|state)|person\.(password|factor|remove)|tab|day|may|codes\.(state|field)|incident|alert|incidents\.work|nas|items|settings|visitors|check|own\.(state|fault|refusal|hours))\./
  for (const key of messages.keys) t.ok(made.test(key) || sources.includes(`'${key}'`), key)
})

t.test('a missing sentence or param is an error, not a bare key on a page', async (t) => {
  t.throws(() => messages.say('vi', 'no.such'), /no message "no.such" in vi/)
  t.throws(() => messages.say('en', 'under'), /needs \{k\}/)
  t.equal(messages.say('vi', 'under', { k: '$& {k}' }), 'dưới $& {k}', 'a param is put in as it is')
})

t.test(
  'the language comes from the address, then the cookie, then the browser, then Vietnamese',
  async (t) => {
    const choose = (query: unknown, cookie?: string, acceptLanguage?: string): string =>
      chooseLang({ query, cookie, acceptLanguage })
    t.equal(choose('en', 'vi', 'vi'), 'en')
    t.equal(choose(undefined, 'en', 'vi'), 'en')
    t.equal(choose(['en', 'vi'], 'fr', 'en-US,en;q=0.9'), 'en')
    t.equal(choose(undefined, undefined, 'ko;q=1, en;q=0.4, vi;q=0.5'), 'vi')
    t.equal(choose(undefined, undefined, ';;;,q=,*,\u0000'), 'vi')
    t.equal(choose(undefined), 'vi')
  },
)
