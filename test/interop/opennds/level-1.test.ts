import { endedSession } from './books.ts'
import { tapConnect, visit, wholeVisit } from './visitor.ts'

/** Who comes is said in clear; the limits go through the phone, signed. */
await visit(1, 'vi', async (t, visitor) => {
  await wholeVisit(t, visitor)

  await t.test('openNDS restarts: the session of who was online is closed', async (t) => {
    await tapConnect(t, visitor)
    await visitor.lab.opennds('restart')
    await endedSession(t, visitor.lab, 'NAS-Reboot')
  })
})
