import type { NoticePlaces } from '../core/domain/notice.ts'
import { ROLES, type Person, type Role } from '../core/records/people.ts'
import { SCOPES, type ApiScope } from '../core/records/tokens.ts'

/** Which sites a person may see: all of them, or those of the list. */
export type Scope = { readonly kind: 'city' } | { readonly kind: 'sites'; readonly sites: readonly string[] }

export const scopeOf = (person: Person): Scope =>
  person.role === 'city' || person.role === 'auditor'
    ? { kind: 'city' }
    : { kind: 'sites', sites: person.sites }

export const maySee = (scope: Scope, site: string): boolean =>
  scope.kind === 'city' || scope.sites.includes(site)

/** What SQL is asked for: the ids of the list, or null for all. */
export const sitesOf = (person: Person): readonly string[] | null => {
  const scope = scopeOf(person)
  return scope.kind === 'city' ? null : scope.sites
}

/** True when somebody may tell visitors something there: who has some sites, at sites of his by name and nowhere else. */
export const mayTell = (sites: readonly string[] | null, places: NoticePlaces): boolean =>
  sites === null || (places.kind === 'sites' && places.ids.every((id) => sites.includes(id)))

/** Who may do so much that a password is not enough. */
export const needsFactor = (role: Role): boolean => role === 'city' || role === 'operator'

/** From where the console can be reached: this machine alone, or a network. */
export type Reach = 'loopback' | 'network'

/** What a person must do before anything else, or null. Who sits at the machine itself is asked, and not held up. */
export function dutyOf(person: Person, reach: Reach): 'password' | 'second-factor' | null {
  if (reach === 'loopback') return null
  if (person.passwordOnce) return 'password'
  return needsFactor(person.role) && !person.hasSecondFactor ? 'second-factor' : null
}

const CITY_ONLY: readonly Role[] = ['city']
const OVERSIGHT: readonly Role[] = ['city', 'auditor']
const RUNNING: readonly Role[] = ['city', 'operator', 'site-manager']

/** Who sees the page of the catalogue; others meet its items on their sites' pages. */
export const PROMOTING: readonly Role[] = ['city', 'editor', 'auditor']

/** Which roles may use a scope of the API at all; of which sites is a matter of queries. */
export const RIGHTS: Readonly<Record<ApiScope, readonly Role[]>> = {
  'sites:read': ROLES,
  'sessions:read': ROLES,
  'vouchers:read': [...RUNNING, 'auditor'],
  'vouchers:write': RUNNING,
  'nas:read': ['city', 'operator', 'auditor'],
  'nas:write': ['city', 'operator'],
  'notices:read': ROLES,
  'notices:write': ['city', 'operator'],
  'campaigns:read': ROLES,
  'campaigns:write': ['city', 'editor'],
  'pages:read': ROLES,
  'pages:write': [...RUNNING, 'editor'],
  'pages:decide': ['city', 'editor'],
  'incidents:read': ROLES,
  'incidents:write': RUNNING,
  'figures:read': ROLES,
  'people:read': CITY_ONLY,
  'people:write': CITY_ONLY,
  'annotations:write': RUNNING,
  'audit:read': OVERSIGHT,
  'settings:read': OVERSIGHT,
  'tokens:read': ROLES,
  'tokens:write': ROLES,
}

/** The scopes that a role can use. */
export const scopesOf = (role: Role): ApiScope[] => SCOPES.filter((scope) => RIGHTS[scope].includes(role))
