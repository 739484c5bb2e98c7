// Placeholder: the console is built here.
import '../shared/base.css'
