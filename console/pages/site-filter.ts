import { CATEGORIES } from '../../core/domain/site.ts'
import type { SiteLife } from '../figures/state.ts'
import type { Wording } from '../wording.ts'
import { STATES } from './sites.ts'

/** What sites are chosen by, and what a site has of it. */
const VALUES = {
  category: ({ site }: SiteLife): string | null => site.category,
  ward: ({ site }: SiteLife): string | null => site.ward,
  operator: ({ site }: SiteLife): string | null => site.operator,
  state: ({ state }: SiteLife): string | null => state,
} as const
type Facet = keyof typeof VALUES
const FACETS = Object.keys(VALUES) as readonly Facet[]
type Chosen = Readonly<Partial<Record<Facet, string>>>

/** Asked for where no site has it just now, these have an answer: no site is cut off. */
const FIXED: Readonly<Partial<Record<Facet, readonly string[]>>> = { category: CATEGORIES, state: STATES }

interface Option {
  readonly value: string
  readonly label: string
  /** Sites that have it, among those that all else chosen leaves. */
  readonly count: string
  readonly chosen: boolean
}

export interface SiteFilter {
  readonly shown: readonly SiteLife[]
  /** His sites that are not shown. */
  readonly others: readonly SiteLife[]
  /** Ways to each category, with whatever else is chosen; none where all his sites are of one. */
  readonly categories: readonly (Omit<Option, 'value'> & { readonly href: string })[]
  /** The category that the form of the selects has to keep. */
  readonly category: string | null
  readonly selects: readonly {
    readonly name: string
    readonly label: string
    readonly any: string
    readonly options: readonly Option[]
  }[]
  /** In words; null where nothing is chosen. */
  readonly chosen: string | null
}

/** His sites as an address asks for them. What none of them has is neither offered nor taken: no choice tells of others. */
export function filterSites(
  wording: Wording,
  lives: readonly SiteLife[],
  query: Readonly<Record<string, unknown>>,
  operatorName: (id: string) => string,
): SiteFilter {
  const { say, format, lang } = wording
  const chosen = chosenOf(query, lives)
  const label: Readonly<Record<Facet, (value: string) => string>> = {
    category: (value) => say(`category.${value}`),
    ward: (value) => value,
    operator: operatorName,
    state: (value) => say(`state.${value}`),
  }
  const options = (facet: Facet): Option[] => {
    const had = new Set(lives.map(VALUES[facet]))
    // What all his sites have in common is no choice.
    if (had.size < 2 && chosen[facet] === undefined) return []
    const counts = countsOf(
      lives.filter((life) => isChosen(life, chosen, facet)),
      VALUES[facet],
    )
    const found = (FIXED[facet] ?? [...had])
      .filter((value) => value !== null && (had.has(value) || value === chosen[facet]))
      .map((value) => ({
        value: value!,
        label: label[facet](value!),
        count: format.number(counts.get(value) ?? 0),
        chosen: value === chosen[facet],
      }))
    return FIXED[facet] ? found : found.sort((a, b) => a.label.localeCompare(b.label, lang))
  }
  const { category = null, ...beside } = chosen
  const anyCategory = {
    href: hrefOf(beside),
    label: say('sites.all'),
    count: format.number(lives.filter((life) => isChosen(life, beside)).length),
    chosen: category === null,
  }
  const categories = options('category').map(({ value, ...option }) => ({
    ...option,
    href: hrefOf({ category: value, ...beside }),
  }))
  const words = FACETS.flatMap((facet) => (chosen[facet] === undefined ? [] : [label[facet](chosen[facet])]))
  return {
    shown: lives.filter((life) => isChosen(life, chosen)),
    others: lives.filter((life) => !isChosen(life, chosen)),
    categories: categories.length === 0 ? [] : [anyCategory, ...categories],
    category,
    selects: [
      { facet: 'ward' as const, label: say('sites.by.ward'), any: say('sites.any.ward') },
      { facet: 'operator' as const, label: say('sites.by.operator'), any: say('sites.any.operator') },
      { facet: 'state' as const, label: say('sites.by.state'), any: say('sites.any.state') },
    ]
      .map(({ facet, ...words }) => ({ ...words, name: facet, options: options(facet) }))
      .filter(({ options }) => options.length > 0),
    chosen: words.length === 0 ? null : words.join(' · '),
  }
}

/** What of an address can be chosen: one word for each, that a site of his may have. */
function chosenOf(query: Readonly<Record<string, unknown>>, lives: readonly SiteLife[]): Chosen {
  const found = FACETS.flatMap((facet) => {
    const value = query[facet]
    const known: readonly (string | null)[] = FIXED[facet] ?? lives.map(VALUES[facet])
    return typeof value === 'string' && known.includes(value) ? [[facet, value] as const] : []
  })
  return Object.fromEntries(found)
}

const isChosen = (life: SiteLife, chosen: Chosen, butFor?: Facet): boolean =>
  FACETS.every(
    (facet) => facet === butFor || chosen[facet] === undefined || chosen[facet] === VALUES[facet](life),
  )

function countsOf(
  lives: readonly SiteLife[],
  valueOf: (life: SiteLife) => string | null,
): ReadonlyMap<string | null, number> {
  const counts = new Map<string | null, number>()
  for (const value of lives.map(valueOf)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

function hrefOf(chosen: Chosen): string {
  const query = new URLSearchParams(chosen).toString()
  return query === '' ? '/sites' : `/sites?${query}`
}
