import type { FastifyInstance } from 'fastify'

/** `GET /sites/:id` and so on, as an app itself lists its routes; HEAD goes with GET. */
export function routesOf(app: FastifyInstance): string[] {
  const found: string[] = []
  const path: string[] = []
  for (const line of app.printRoutes().split('\n')) {
    const match = /^([│ ]*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line)
    if (!match) continue
    const depth = match[1]!.length / 4
    path.splice(depth, Infinity, match[2]!)
    const methods = (match[3] ?? '').split(', ').filter((each) => each !== '' && each !== 'HEAD')
    found.push(...methods.map((method) => `${method} ${path.join('')}`))
  }
  return found
}
