import type { RequestListener } from 'node:http'
import { listenWeb, type Listening } from '../../core/process/listen.ts'

/** Serves `/metrics` of all processes of this run, and `/health/live` and `/health/ready`. */
export async function startStatusServer(parts: {
  host: string
  port: number
  metrics: () => Promise<string>
  notReady: () => string | null
}): Promise<Listening> {
  const handler: RequestListener = (request, response) => {
    const answer = (status: number, type: string, body: string): void =>
      void response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
    if (request.url === '/metrics')
      return void parts.metrics().then(
        (text) => answer(200, 'text/plain; version=0.0.4; charset=utf-8', text),
        () => answer(500, 'text/plain', 'metrics could not be collected\n'),
      )
    if (request.url === '/health/live') return answer(200, 'application/json', '{"status":"ok"}')
    if (request.url !== '/health/ready')
      return answer(404, 'text/plain', 'here are /metrics, /health/live and /health/ready\n')
    const reason = parts.notReady()
    if (reason === null) return answer(200, 'application/json', '{"status":"ok"}')
    return answer(503, 'application/json', JSON.stringify({ status: 'not ready', reason }))
  }
  return listenWeb(handler, { hosts: [parts.host], port: parts.port, setting: 'METRICS_PORT' })
}
