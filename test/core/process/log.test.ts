import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

/** What a process prints that logs `expression`. */
async function printed(expression: string): Promise<string> {
  const program = `
    import { createLog } from './core/process/log.ts'
    const log = createLog('info', 'test')
    ${expression}
  `
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import=tsx',
    '--input-type=module',
    '-e',
    program,
  ])
  return stdout
}

t.test('a client’s error is told without the command it failed at, whose keys name devices', async (t) => {
  const command = `{ name: 'get', args: ['hs:{7}:tries:nas-1:02005E005307'] }`
  const line = await printed(`
    const inner = Object.assign(new Error('refused'), { command: ${command} })
    const error = Object.assign(new Error('OOM', { cause: inner }), {
      code: 'E1', command: ${command}, previousErrors: [inner],
    })
    log.error({ err: error }, 'in a field')
    log.warn(error, 'by itself')
  `)
  t.notMatch(line, '02005E005307')
  const [field, itself] = line
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each) as Record<string, object>)
  for (const told of [field, itself])
    t.match(told?.err, { message: 'OOM', code: 'E1', stack: /Error: OOM/, cause: { message: 'refused' } })
})

t.test('fields that hold secrets are not told', async (t) => {
  const line = await printed(`log.info({ secret: 'abc-secret', nas: { password: 'abc-password' } }, 'hello')`)
  t.notMatch(line, 'abc')
  t.match(line, 'hello')
})
