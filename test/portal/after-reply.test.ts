import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { Later } from '../../core/store/later.ts'
import { AfterReply } from '../../portal/after-reply.ts'

t.test(
  'what cannot be told is said in the log, and is over: whether it fails later or at once',
  async (t) => {
    const lines: string[] = []
    const log = pino(
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          lines.push(chunk.toString())
          done()
        },
      }),
    )
    const after = new AfterReply(log)
    const later = new Later<void>()
    after.run(() => later)
    after.run(() => {
      throw new Error('a mistake')
    })
    after.run(() => Later.of(undefined))
    const settled = after.settled()
    later.failed(new Error('Redis is away'))
    await settled
    t.equal(lines.length, 2)
    t.match(lines[0], 'a mistake')
    t.match(lines[1], 'Redis is away')
  },
)
