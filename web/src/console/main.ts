// The console's entry.
import './console.css'
import { mount } from 'svelte'
import { useAreas } from '../shared/i18n.svelte'
import { startRouter } from '../shared/router.svelte'
import { applyTheme } from '../shared/theme.svelte'
import App from './App.svelte'
import { AREAS } from './lib/words'

applyTheme()
startRouter((path) => path === '/console' || path.startsWith('/console/'))
await useAreas(...AREAS)
mount(App, { target: document.getElementById('app')! })
