//! The program as a user runs it: what is printed, where, and with which exit status.

mod bench;
mod engines;
mod help;
mod hostile;
mod numbers;
mod pictures;
mod run;
mod service;
mod serving;
mod shape;
mod specimen;
mod walk;
