import '../shared/base.css'
import { mount } from 'svelte'
import { useAreas } from '../shared/i18n.svelte'
import { startRouter } from '../shared/router.svelte'
import { SHARED } from '../shared/texts'
import { applyTheme } from '../shared/theme.svelte'
import App from './App.svelte'
import { find } from './routes'
import { APPLY } from './texts'

applyTheme()
// The screen is fetched beside its texts, not after them; App tells if it cannot be.
find(location.pathname.replace(/\/+$/, ''))?.route.load().catch(() => {})
await useAreas(SHARED, APPLY)
startRouter((path) => !/^\/(console|staff|api)(\/|$)/.test(path))
mount(App, { target: document.getElementById('app')! })
