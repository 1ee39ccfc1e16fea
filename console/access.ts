import type { Person } from '../core/records/people.ts'

/** Which sites a person may see: all of them, or those of the list. */
export type Scope = { readonly kind: 'city' } | { readonly kind: 'sites'; readonly sites: readonly string[] }

export const scopeOf = (person: Person): Scope =>
  person.role === 'city' || person.role === 'auditor'
    ? { kind: 'city' }
    : { kind: 'sites', sites: person.sites }

export const maySee = (scope: Scope, site: string): boolean =>
  scope.kind === 'city' || scope.sites.includes(site)
