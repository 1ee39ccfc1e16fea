import type { Category } from './site.ts'

/** What figures are of: the whole city, a category of sites, an operator's sites, or one site. */
export type Scope =
  | { readonly kind: 'city' }
  | { readonly kind: 'category'; readonly category: Category }
  | { readonly kind: 'operator'; readonly operator: string }
  | { readonly kind: 'site'; readonly site: string }

/** A scope's name in the records. Ids hold no space, and no category is called `all`. */
export function scopeName(scope: Scope): string {
  switch (scope.kind) {
    case 'city':
      return 'all'
    case 'category':
      return scope.category
    case 'operator':
      return `operator ${scope.operator}`
    case 'site':
      return `site ${scope.site}`
  }
}
