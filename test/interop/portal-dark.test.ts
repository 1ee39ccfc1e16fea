import t from 'tap'
import { axeFindsNothing } from './portal-tabs.ts'

/** Every page in its dark theme, in a real browser; the rest of what is asked of them is in portal-pages. */

t.setTimeout(5 * 60e3)

axeFindsNothing(t, 'dark')
