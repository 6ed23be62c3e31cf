"""Page style: how the page of a simulation looks, on a screen and on paper."""
# ruff: noqa: E501 - one rule a line

from __future__ import annotations

from typing import Final

STYLE: Final = """
body { margin: 0 auto; max-width: 62rem; padding: 1rem; color: #14262a; background: #f1f5f5; line-height: 1.5;
  font-family: -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
h1 { margin: .6rem 0 0; } h2 { font-size: 1.1rem; margin: 0 0 .5rem; } h3 { font-size: .95rem; margin: 1rem 0 .3rem; }
input { accent-color: #0b5c5e; } label { margin-right: 1rem; font-weight: 600; }
main { display: none; } #en:checked ~ .en, #zh:checked ~ .zh { display: block; }
section { margin: 1rem 0; padding: 1rem 1.2rem; background: #fff; border: 1px solid #d3dddd; border-radius: .8rem; }
section ul { margin: 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
.more { list-style: none; color: #4b5f63; font-size: .9rem; }
.warning { color: #b00020; font-weight: 600; }
.note { padding: .5rem .9rem; background: #fff3cf; border-radius: .6rem; font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .7rem; padding: 0; list-style: none; }
.tiles li { padding: .7rem 1rem; background: #fff; border: 1px solid #d3dddd; border-radius: .8rem; }
.tiles b { display: block; font-size: 1.7rem; color: #0b5c5e; } .tiles .bad b { color: #b00020; }
.days { display: flex; gap: 2px; height: 7.5rem; padding: 0; margin: 0; list-style: none; overflow-x: auto; }
.days li { flex: 1 0 .9rem; display: flex; flex-direction: column; justify-content: flex-end; text-align: center; }
.days i { display: block; background: #0b5c5e; border-radius: 2px 2px 0 0; } .days span { font-size: .7rem; }
table { width: 100%; border-collapse: collapse; } th, td { padding: .25rem .5rem; text-align: left; border-bottom: 1px solid #d3dddd; }
.emergency { color: #b00020; font-weight: 700; } .same_day { color: #9a4a00; } .within_48_hours { color: #1d4e89; }
.bar { width: 40%; } .bar i { display: inline-block; height: .8rem; background: #9db5b2; vertical-align: middle; }
details { margin: .6rem 0; } summary { cursor: pointer; font-weight: 600; }
details ol { list-style: none; margin: .4rem 0; padding: 0; display: flex; flex-direction: column; gap: .3rem; }
details li { max-width: 34rem; padding: .35rem .8rem; border-radius: .8rem; background: #eef2f2; align-self: flex-start; }
details .patient, details .caregiver { align-self: flex-end; background: #e3f1ee; }
details .nurse { align-self: stretch; max-width: none; background: #fdecee; color: #b00020; font-weight: 600; }
details .gap { background: none; } small { color: #4b5f63; font-weight: 400; }
@media print { body { background: none; } body > input, body > label { display: none; } section { break-inside: auto; } }
"""
