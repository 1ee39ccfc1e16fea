import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import t from 'tap'
import { startPlatform } from '../../support/platform.ts'

const platform = await startPlatform(t, {})
const root = resolve(import.meta.dirname, '../../..')

/** A command that reads a password. */
const typed = (password: string, ...words: string[]): Promise<number | null> =>
  new Promise((done) => {
    const command = spawn(join(root, 'hotspot'), ['person', ...words], {
      env: { ...process.env, HOTSPOT_DATA: platform.folder },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    command.stdin.end(`${password}\n`)
    command.once('exit', done)
  })

t.test('a person is added once, gets role, sites and password, and loses a second factor', async (t) => {
  t.equal(await typed('ngan', 'add', 'hoa', '--role', 'editor'), 2, 'a short password')
  t.equal(await typed('mot mat khau that dai', 'add', 'hoa', '--role', 'editor'), 0)
  t.equal(await typed('mot mat khau that dai', 'add', 'hoa', '--role', 'editor'), 1, 'the name is taken')
  t.equal((await platform.hotspot('person', 'role', 'hoa', 'site-manager', '--site', 'ho-hoan-kiem')).code, 0)
  t.equal(await typed('mot mat khau khac han', 'password', 'hoa'), 0)
  t.match(await platform.hotspot('person', 'reset-factor', 'hoa'), { code: 0, stdout: 'changed hoa\n' })
  t.equal((await platform.hotspot('person', 'reset-factor', 'nobody')).code, 1)
  const listed = JSON.parse((await platform.hotspot('person', 'list', '--json')).stdout) as { name: string }[]
  t.match(
    listed.find(({ name }) => name === 'hoa'),
    { role: 'site-manager', sites: ['ho-hoan-kiem'], secondFactor: false },
  )
})
