import t from 'tap'
import { skip } from './console-checks.ts'
import { holdScreens } from './console-look.ts'

t.setTimeout(4 * 60e3)

t.test('axe finds nothing on any screen in Vietnamese, light and dark, narrow and wide', { skip }, (t) =>
  holdScreens(t, 'vi'),
)
