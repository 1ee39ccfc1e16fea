import t from 'tap'
import { skip } from './console-checks.ts'
import { walkAs } from './console-role-walk.ts'
import { openConsole } from './console-screens.ts'

/** Who has some sites of the city, in a real browser without script. */

t.setTimeout(4 * 60e3)

const console = await openConsole(t)

for (const role of ['operator', 'site-manager', 'editor'] as const)
  t.test(`${role}: comes by links to every screen of the role, and to no other`, { skip }, (t) =>
    walkAs(t, console, role),
  )
