import '../shared/base.css'
import { mount } from 'svelte'
import { useAreas } from '../shared/i18n.svelte'
import { startRouter } from '../shared/router.svelte'
import { SHARED } from '../shared/texts'
import { applyTheme } from '../shared/theme.svelte'
import App from './App.svelte'
import { APPLY } from './texts'

applyTheme()
await useAreas(SHARED, APPLY)
startRouter((path) => !/^\/(console|staff|api)(\/|$)/.test(path))
mount(App, { target: document.getElementById('app')! })
