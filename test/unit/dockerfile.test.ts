import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { imageConfig } from '../../scripts/image.mjs'

const dockerfile = readFileSync('deploy/Dockerfile', 'utf8').replaceAll('\\\n', ' ')

function last(instruction: string): string {
  return [...dockerfile.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].at(-1)?.[1] ?? ''
}

describe('deploy/Dockerfile makes the image that npm run image makes', () => {
  it('runs the same program as the same user, in exec form', () => {
    expect(JSON.parse(last('ENTRYPOINT'))).toEqual(imageConfig.Entrypoint)
    expect(last('USER')).toBe(imageConfig.User)
  })

  it('sets the same environment', () => {
    const environment = [...last('ENV').matchAll(/(\w+)=("[^"]*"|\S+)/g)].map(([, name, value]) => `${name}=${value?.replaceAll('"', '')}`)
    expect(environment).toEqual(imageConfig.Env)
  })

  it('exposes the same port and carries the same labels', () => {
    expect(`${last('EXPOSE')}/tcp`).toBe(Object.keys(imageConfig.ExposedPorts)[0])
    for (const [name, value] of Object.entries(imageConfig.Labels)) expect(last('LABEL')).toContain(`${name}=${value}`)
  })
})
