import t from 'tap'
import { command } from '../../../cli/simulate.ts'

/** Runs the command and keeps what it writes. */
async function said(argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' }
  const [stdout, stderr] = [
    process.stdout.write.bind(process.stdout),
    process.stderr.write.bind(process.stderr),
  ]
  process.stdout.write = (text: string | Uint8Array) => ((written.out += String(text)), true)
  process.stderr.write = (text: string | Uint8Array) => ((written.err += String(text)), true)
  try {
    return { code: await command.run(argv), ...written }
  } finally {
    process.stdout.write = stdout
    process.stderr.write = stderr
  }
}

t.test('a wrong option is usage, on standard error', async (t) => {
  const { code, out, err } = await said(['--visitors', 'many'])
  t.equal(code, 2)
  t.equal(out, '')
  t.match(err, /--visitors is "many"/)
})

t.test('help is on standard output', async (t) => {
  const { code, out } = await said(['--help'])
  t.equal(code, 0)
  t.equal(out, command.usage)
})

t.test('where no platform runs it fails and says what to do', async (t) => {
  const { code, out, err } = await said(['--data', '/nowhere'])
  t.equal(code, 1)
  t.equal(out, '')
  t.match(err, /No platform to visit.*hotspot run/)
})
