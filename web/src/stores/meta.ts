import { defineStore } from 'pinia'
import { ref } from 'vue'
import { get } from '@/lib/api'
import { both } from '@/lib/tr'
import type { Code, Field, Meta, Register, Service } from '@/types'

/* What the declarations say: registers, codes, programmes, services. Read once. */
export const useMeta = defineStore('meta', () => {
  const all = ref<Meta | null>(null)
  let loading: Promise<Meta> | null = null

  async function load(): Promise<Meta> {
    loading ??= get<Meta>('/meta').catch((e: unknown) => {
      loading = null
      throw e
    })
    all.value = await loading
    return all.value
  }

  function register(name: string): Register | undefined {
    return all.value?.registers.find((r) => r.name === name)
  }
  function field(reg: string, name: string): Field | undefined {
    return register(reg)?.fields.find((f) => f.name === name)
  }
  function code(name: string | null | undefined): Code | undefined {
    return name ? all.value?.codes.find((c) => c.name === name) : undefined
  }
  function service(name: string): Service | undefined {
    return all.value?.services.find((s) => s.name === name)
  }
  function programme(name: string): string {
    return both(all.value?.programmes.find((p) => p.name === name)?.label) || name
  }
  function serviceLabel(name: string): string {
    return both(service(name)?.label) || name
  }
  function line(name: string): string {
    const known: Record<string, [string, string]> = {
      assistance: ['社会救助', 'assistance'],
      disability: ['残疾人', 'disability'],
      people: ['人员', 'people'],
      relief: ['临时救助', 'relief'],
    }
    return both(known[name] ? { zh: known[name][0], en: known[name][1] } : null) || name
  }

  return { all, load, register, field, code, service, programme, serviceLabel, line }
})
