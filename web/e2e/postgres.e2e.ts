/** The same once over PostgreSQL: an empty database at `SHIMING_POSTGRES`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { texts, Walker } from './flow'
import { context, Eyes, Service, specimen } from './service'

const database = process.env.SHIMING_POSTGRES

describe.skipIf(!database)('over PostgreSQL', () => {
  let service: Service
  let eyes: Eyes
  beforeAll(async () => {
    service = await Service.start(`database.url=${database}`)
    eyes = await Eyes.open()
  })
  afterAll(async () => {
    await eyes?.close()
    await service?.stop()
  })

  it('leads from registration to approved', async () => {
    const page = await (await context(eyes.browser, 'zh-CN')).newPage()
    const walker = new Walker(page, service, texts('zh-CN'))
    await walker.approved(eyes, specimen())
    const asked = await page.evaluate(async () => {
      const applications = await (await fetch('/api/v1/applications')).json()
      return applications.data.map((application: { status: string }) => application.status)
    })
    expect(asked).toEqual(['approved'])
  })
})
