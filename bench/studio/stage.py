"""The lit set: traces rays into products and cove, and works out the light they return."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from studio import cove as cove_geometry
from studio.cove import Backdrop, Cove
from studio.lights import SoftBox
from studio.march import clip_box, gradient, openness, trace
from studio.model import Item, Surface
from studio.vec import column, cross, dot, mix, normalize, reflect, refract, smoothstep

_GLASS_INDEX = 1.5
_GRAIN_STEPS = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)


@dataclass
class Stage:
    items: tuple[Item, ...]
    lights: tuple[SoftBox, ...]
    backdrop: Backdrop

    def __post_init__(self) -> None:
        pairs = [item.bounds() for item in self.items]
        self.lower = torch.stack([low for low, _ in pairs]).amin(0)
        self.upper = torch.stack([high for _, high in pairs]).amax(0)
        self.cove = Cove(self.backdrop)
        # Everything is expressed relative to the open floor, so a backdrop keeps its colour
        # whatever the lights are.
        self.scale = 1.0
        self.scale = 1.0 / self.cove.bake(self.lights, self.distance, self.lower, self.upper)

    def distance(self, p: Tensor) -> Tensor:
        if len(self.items) == 1:
            return self.items[0].distance(p)
        return torch.stack([item.distance(p) for item in self.items]).amin(0)

    def radiance(self, origin: Tensor, ray: Tensor, bounces: int = 2) -> Tensor:
        """Light seen along each ray."""
        near, far = clip_box(origin, ray, self.lower - 0.005, self.upper + 0.005)
        wall = cove_geometry.intersect(origin, ray)
        t = trace(self.distance, origin, ray, near, torch.minimum(far, wall))
        hit = t.isfinite()
        result = torch.empty_like(ray)
        if bool((~hit).any()):
            result[:, ~hit] = self._background(origin[:, ~hit], ray[:, ~hit], bounces)
        if bool(hit.any()):
            d = ray[:, hit]
            result[:, hit] = self._product(origin[:, hit] + d * t[hit], d, bounces)
        return result

    def _background(self, origin: Tensor, ray: Tensor, bounces: int) -> Tensor:
        color = self._surroundings(origin, ray)
        if bounces < 2 or self.backdrop.gloss <= 0.0:
            return color
        t = cove_geometry.intersect(origin, ray)
        point = origin + ray * t.clamp_max(50.0)
        on_floor = point[1] < 1e-3
        mirrored = ray[:, on_floor] * column((1.0, -1.0, 1.0))
        start = point[:, on_floor] + column((0.0, 1e-3, 0.0))
        near, far = clip_box(start, mirrored, self.lower, self.upper)
        t2 = trace(self.distance, start, mirrored, near, far)
        seen = t2.isfinite()
        if not bool(seen.any()):
            return color
        at = on_floor.nonzero().squeeze(1)[seen]
        spot = start[:, seen] + mirrored[:, seen] * t2[seen]
        light = self._product(spot, mirrored[:, seen], 0)
        # A satin floor loses its reflection with height above it.
        weight = self.backdrop.gloss * torch.exp(-spot[1] * 4.5)
        color[:, at] = mix(color[:, at], light, weight)
        return color

    def _surroundings(self, origin: Tensor, ray: Tensor) -> Tensor:
        """The set without products or lamps: the cove, and a dim room beyond it."""
        t = cove_geometry.intersect(origin, ray)
        point = origin + ray * t.clamp_max(50.0)
        room = 0.06 + 0.16 * (0.5 + 0.5 * ray[1])
        # The paper's front and side ends fade into the room.
        end = smoothstep(2.5, 5.0, torch.maximum(point[0].abs(), point[2])) + (~t.isfinite())
        return mix(self.cove.shade(point), room.expand_as(ray), end.clamp(0.0, 1.0))

    def _glossy(self, p: Tensor, ray: Tensor, spread: Tensor) -> Tensor:
        """Softboxes and set as a reflection of the given blur shows them."""
        covered = torch.zeros_like(spread)
        total = torch.zeros_like(ray)
        for light in self.lights:
            share = light.mirrored(p, ray, spread)
            total = total + share * light.emitted() * self.scale
            covered = covered + share
        return total + self._surroundings(p, ray) * (1.0 - covered).clamp_min(0.0)

    def _product(self, p: Tensor, ray: Tensor, bounces: int) -> Tensor:
        """Light leaving points on the products toward the viewer."""
        if len(self.items) == 1:
            owner = torch.zeros_like(p[0], dtype=torch.long)
        else:
            owner = torch.stack([item.distance(p) for item in self.items]).argmin(0)
        result = torch.zeros_like(p)
        for number, item in enumerate(self.items):
            own = owner == number
            if bool(own.any()):
                result[:, own] = self._shade(item, p[:, own], ray[:, own], bounces)
        return result

    def _shade(self, item: Item, p: Tensor, ray: Tensor, bounces: int) -> Tensor:
        local = item.local(p)
        flat = gradient(item.model.distance, local)
        surface = item.model.surface(local, flat).turned(item.matrix)
        geometric = item.matrix @ flat
        diffuse = self._diffuse(p, geometric, surface)
        specular, fresnel = self._specular(p, ray, geometric, surface, bounces)
        solid = diffuse * surface.albedo * (1.0 - surface.metal) * (1.0 - fresnel)
        clear = surface.glass > 0.5
        if bool(clear.any()):
            through = self._through_glass(item, p[:, clear], ray[:, clear], geometric[:, clear], bounces)
            solid[:, clear] = through * (1.0 - fresnel[:, clear])
        return solid + specular

    def _diffuse(self, p: Tensor, geometric: Tensor, surface: Surface) -> Tensor:
        n = surface.normal
        total = torch.zeros_like(p)
        for light in self.lights:
            toward = normalize(column(light.center) - p)
            open_share = openness(self.distance, p, geometric, toward)
            wrapped = light.diffuse(p, n) * open_share
            total = total + wrapped * column(light.color) * self.scale
        around = openness(self.distance, p, geometric, geometric)
        # Light bounced off the paper comes from below and from behind.
        paper = self.cove.albedo * 0.42
        below = (0.5 - 0.5 * n[1]) * smoothstep(-0.25, 0.3, p[1])
        ambient = 0.16 + paper * (below + 0.3 * (-n[2]).clamp_min(0.0))
        total = total + ambient * around
        if bool((surface.sheen > 0).any()):
            edge = (1.0 - dot(n, geometric).clamp(0, 1)) + (1.0 - geometric[2].clamp(0, 1)) ** 3
            total = total * (1.0 + surface.sheen * edge)
        return total

    def _specular(
        self, p: Tensor, ray: Tensor, geometric: Tensor, surface: Surface, bounces: int
    ) -> tuple[Tensor, Tensor]:
        n, rough = surface.normal, surface.rough
        facing = -dot(ray, n)
        f0 = mix(torch.full_like(p, 0.04), surface.albedo, surface.metal)
        ceiling = torch.maximum((1.0 - rough).expand_as(f0), f0)
        fresnel = f0 + (ceiling - f0) * (1.0 - facing.clamp(0.0, 1.0)) ** 5
        spread = 1.5 * rough * rough
        bounce = reflect(ray, n)
        light = self._glossy(p, bounce, spread)
        brushed = surface.grain > 0
        if bool(brushed.any()):
            light[:, brushed] = self._brushed(p, ray, surface, brushed, spread)
        shadowed = openness(self.distance, p, geometric, normalize(bounce + 0.3 * geometric))
        light = light * (0.25 + 0.75 * shadowed)
        mirror = (rough < 0.3).nonzero().squeeze(1)
        if bounces > 0 and mirror.numel():
            start = p[:, mirror] + geometric[:, mirror] * 2e-3
            aim = bounce[:, mirror]
            near, far = clip_box(start, aim, self.lower, self.upper)
            t = trace(self.distance, start, aim, near, far, steps=40)
            seen = t.isfinite()
            if bool(seen.any()):
                spot = start[:, seen] + aim[:, seen] * t[seen]
                light[:, mirror[seen]] = self._product(spot, aim[:, seen], 0)
        return light * fresnel, fresnel

    def _brushed(self, p: Tensor, ray: Tensor, surface: Surface, chosen: Tensor, spread: Tensor) -> Tensor:
        """Brushing marks scatter light across the grain: average over tilted normals."""
        p, ray, n = p[:, chosen], ray[:, chosen], surface.normal[:, chosen]
        across = normalize(cross(n, surface.tangent[:, chosen]))
        width = 0.2 * surface.grain[chosen]
        total, weights = torch.zeros_like(p), 0.0
        for step in _GRAIN_STEPS:
            weight = 2.718281828 ** (-step * step)
            tilted = normalize(n + across * (width * step))
            total = total + weight * self._glossy(p, reflect(ray, tilted), spread[chosen] + 0.1)
            weights += weight
        return total / weights

    def _through_glass(self, item: Item, p: Tensor, ray: Tensor, normal: Tensor, bounces: int) -> Tensor:
        """Follow the refracted ray through the filled bottle and out of its far side."""
        model, part = item.model, item.model.glass_part
        turn = item.matrix

        def inside(q: Tensor) -> Tensor:
            return -model.parts(item.local(q))[part]

        aim, _ = refract(ray, normal, 1.0 / _GLASS_INDEX)
        start, travelled = p - normal * 2e-3, torch.zeros_like(p[0])
        result = torch.zeros_like(p)
        pending = torch.arange(p.shape[1])
        for bounce in range(4):
            near = torch.zeros_like(start[0])
            t = trace(inside, start, aim, near, near + 2.0, steps=60, tolerance=1e-4)
            t = t.nan_to_num(posinf=0.0)
            spot = start + aim * t
            travelled = travelled + t
            outward = turn @ gradient(lambda q: model.parts(q)[part], item.local(spot))
            leaving, passes = refract(aim, -outward, _GLASS_INDEX)
            finish = passes | (bounce == 3)
            seen = self._beyond(item, spot, leaving, outward, bounces)
            absorbed = torch.exp(-column(model.absorption) * travelled)
            result[:, pending[finish]] = (seen * absorbed)[:, finish]
            keep = ~finish
            if not bool(keep.any()):
                break
            aim = reflect(aim, -outward)[:, keep]
            start = (spot - outward * 2e-3)[:, keep]
            travelled, pending = travelled[keep], pending[keep]
        return result

    def _beyond(self, item: Item, spot: Tensor, leaving: Tensor, outward: Tensor, bounces: int) -> Tensor:
        """What lies behind the glass: the set, or the back of a label or collar."""
        flat = item.matrix.T @ outward
        surface = item.model.surface(item.local(spot), flat)
        seen = self._glossy(spot, leaving, torch.full_like(spot[0], 0.02))
        others = item.model.parts(item.local(spot)).clone()
        others[item.model.glass_part] = 1.0
        covered = (surface.glass < 0.5) | (others.amin(0) < 2e-3)
        seen = torch.where(covered, surface.albedo * 0.3, seen)
        if bounces < 1:
            return seen
        start = spot + outward * 2e-3
        near, far = clip_box(start, leaving, self.lower, self.upper)
        t = trace(self.distance, start, leaving, near, torch.where(covered, 0.0, far), steps=50)
        again = t.isfinite()
        if bool(again.any()):
            # The far wall of a hollow neck, or another product behind the glass.
            aim = leaving[:, again]
            seen[:, again] = self._product(start[:, again] + aim * t[again], aim, bounces - 1)
        return seen
