"""Demo weights: each model of the table in its own shape, but tiny and random, so that an app runs end to end anywhere.

The frames are noise. What is real is everything around them: loading, conditions, progress, cancelling, seeds, errors.
Ratios that the adapter relies on (frames per latent frame, pixels per latent pixel) are those of the true models.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generation.engines.pipelines.folder import LORAS, NOTE
from generation.engines.pipelines.table import Entry

WIDTH = 32  # of the text embeddings
SPECIAL = ("<pad>", "</s>", "<unk>")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
# Width x height per size_multiple: upright, lying, square.
SIZES = {32: ((64, 96), (96, 64), (64, 64)), 16: ((64, 112), (112, 64), (64, 64))}


def build(entry: Entry, folder: Path) -> None:
    """Write the demo weights of one engine into ``folder``, which must be empty or not there. Raises ``ValueError``."""
    import torch

    if folder.exists() and any(folder.iterdir()):
        raise ValueError(f"{folder} is not empty: name a new folder, so that no real weights are overwritten")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        pipeline = MAKERS[entry.id]()
    pipeline.set_progress_bar_config(disable=True)
    pipeline.save_pretrained(folder, safe_serialization=True)
    note = {"demo": True, "sizes": SIZES[entry.size_multiple]}
    (folder / NOTE).write_text(json.dumps(note, indent=2) + "\n")


def build_few_steps(entry: Entry, folder: Path) -> None:
    """Add a random few-step LoRA to the weights in ``folder``: one file for each transformer."""
    import diffusers
    import torch
    from peft import LoraConfig, get_peft_model_state_dict

    kind = getattr(diffusers, next(iter(entry.pipelines.values())))
    names = [name for name in ("transformer", "transformer_2") if name in entry.components]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        for name, noise in zip(names, ("high", "low"), strict=False):
            network = diffusers.AutoModel.from_pretrained(str(folder / name), local_files_only=True)
            network.add_adapter(LoraConfig(r=4, init_lora_weights=False, target_modules=["to_q", "to_k", "to_v"]))
            kind.save_lora_weights(
                folder / LORAS,
                transformer_lora_layers=get_peft_model_state_dict(network),
                weight_name=f"few_steps_{noise}_noise.safetensors",
            )


def _tokenizer() -> Any:
    """Knows a word by its first two letters: about as many tokens as a real one makes, and no file from elsewhere."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    unknown = SPECIAL[2]
    starts = [*LETTERS, *(one + two for one in LETTERS for two in LETTERS)]
    words = {word: number for number, word in enumerate([*SPECIAL, *starts])}
    tokenizer = Tokenizer(models.WordLevel(words, unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Lowercase(),
            normalizers.Replace(Regex(r"[^\w\s]"), " "),
            normalizers.Replace(Regex(r"(?<=\w\w)\w+"), ""),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing("$A </s>", special_tokens=[("</s>", 1)])
    named = dict(zip(("pad_token", "eos_token", "unk_token"), SPECIAL, strict=True))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=512, **named)


def _encoder(*, multilingual: bool) -> Any:
    from transformers import T5Config, T5EncoderModel, UMT5Config, UMT5EncoderModel

    shape: dict[str, Any] = {
        "vocab_size": 1408, "d_model": WIDTH, "d_kv": 8, "d_ff": 37, "num_layers": 2, "num_heads": 4,
    }  # fmt: skip
    if multilingual:
        return UMT5EncoderModel(UMT5Config(**shape))
    return T5EncoderModel(T5Config(**shape))


def _wan_parts(channels: int, **vae: Any) -> dict[str, Any]:
    from diffusers import AutoencoderKLWan, UniPCMultistepScheduler

    shape = {"base_dim": 3, "z_dim": channels, "dim_mult": [1, 1, 1, 1], "num_res_blocks": 1}
    return {
        "tokenizer": _tokenizer(),
        "text_encoder": _encoder(multilingual=True),
        "vae": AutoencoderKLWan(**(shape | {"temperal_downsample": [False, True, True]} | vae)),
        "scheduler": UniPCMultistepScheduler(
            prediction_type="flow_prediction", use_flow_sigmas=True, num_train_timesteps=1000, flow_shift=5.0
        ),
    }


def _wan_transformer(inward: int, outward: int, **more: Any) -> Any:
    from diffusers import WanTransformer3DModel

    shape: dict[str, Any] = {
        "patch_size": (1, 2, 2), "num_attention_heads": 2, "attention_head_dim": 12, "text_dim": WIDTH,
        "freq_dim": 256, "ffn_dim": 32, "num_layers": 2, "cross_attn_norm": True, "rope_max_seq_len": 64,
    }  # fmt: skip
    return WanTransformer3DModel(in_channels=inward, out_channels=outward, **(shape | more))


def _wan22_small() -> Any:
    from diffusers import WanPipeline

    parts = _wan_parts(
        48,
        in_channels=12, out_channels=12, patch_size=2, is_residual=True, scale_factor_spatial=16,
        latents_mean=[0.0] * 48, latents_std=[1.0] * 48,
    )  # fmt: skip
    return WanPipeline(**parts, transformer=_wan_transformer(48, 48), expand_timesteps=True)


def _wan22_large() -> Any:
    from diffusers import WanImageToVideoPipeline

    return WanImageToVideoPipeline(
        **_wan_parts(16),
        transformer=_wan_transformer(36, 16),
        transformer_2=_wan_transformer(36, 16),
        boundary_ratio=0.9,
    )


def _wan21_ends() -> Any:
    from diffusers import WanImageToVideoPipeline
    from transformers import CLIPVisionConfig, CLIPVisionModel

    sees = CLIPVisionConfig(
        hidden_size=4, projection_dim=4, num_hidden_layers=2, num_attention_heads=2, image_size=32,
        intermediate_size=16, patch_size=8,
    )  # fmt: skip
    tokens = (32 // 8) ** 2 + 1
    return WanImageToVideoPipeline(
        **_wan_parts(16),
        transformer=_wan_transformer(36, 16, image_dim=4, added_kv_proj_dim=24, pos_embed_seq_len=2 * tokens),
        image_encoder=CLIPVisionModel(sees),
        image_processor=_clip_processor(),
    )


def _clip_processor() -> Any:
    """The one that needs no torchvision (which breaks a CPU build of torch), under the name that it was given."""
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    return CLIPImageProcessorPil(crop_size=32, size=32)


def _ltx() -> Any:
    from diffusers import (
        AutoencoderKLLTXVideo,
        FlowMatchEulerDiscreteScheduler,
        LTXConditionPipeline,
        LTXVideoTransformer3DModel,
    )

    vae = AutoencoderKLLTXVideo(
        latent_channels=8, block_out_channels=(8, 8, 8, 8), decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1, 1, 1, 1, 1), decoder_layers_per_block=(1, 1, 1, 1, 1),
        spatio_temporal_scaling=(True, True, True, False), decoder_spatio_temporal_scaling=(True, True, True, False),
        decoder_inject_noise=(False,) * 5, upsample_residual=(False,) * 4, upsample_factor=(1,) * 4,
        timestep_conditioning=True, patch_size=4, patch_size_t=1, encoder_causal=True, decoder_causal=False,
    )  # fmt: skip
    transformer = LTXVideoTransformer3DModel(
        in_channels=8, out_channels=8, patch_size=1, patch_size_t=1, num_attention_heads=2, attention_head_dim=16,
        cross_attention_dim=32, num_layers=2, caption_channels=WIDTH,
    )  # fmt: skip
    return LTXConditionPipeline(
        tokenizer=_tokenizer(),
        text_encoder=_encoder(multilingual=False),
        vae=vae,
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )


def _cog() -> Any:
    from diffusers import (
        AutoencoderKLCogVideoX,
        CogVideoXDDIMScheduler,
        CogVideoXImageToVideoPipeline,
        CogVideoXTransformer3DModel,
    )

    stage = "CogVideoX{}Block3D"
    vae = AutoencoderKLCogVideoX(
        in_channels=3, out_channels=3, latent_channels=4, layers_per_block=1, norm_num_groups=2,
        down_block_types=(stage.format("Down"),) * 4, up_block_types=(stage.format("Up"),) * 4,
        block_out_channels=(8, 8, 8, 8), temporal_compression_ratio=4,
    )  # fmt: skip
    transformer = CogVideoXTransformer3DModel(
        num_attention_heads=2, attention_head_dim=16, in_channels=8, out_channels=4, time_embed_dim=2,
        ofs_embed_dim=2, text_embed_dim=WIDTH, num_layers=2, sample_width=30, sample_height=30, sample_frames=81,
        patch_size=2, patch_size_t=2, temporal_compression_ratio=4, max_text_seq_length=224,
        use_rotary_positional_embeddings=True, use_learned_positional_embeddings=False, patch_bias=False,
    )  # fmt: skip
    return CogVideoXImageToVideoPipeline(
        tokenizer=_tokenizer(),
        text_encoder=_encoder(multilingual=False),
        vae=vae,
        transformer=transformer,
        scheduler=CogVideoXDDIMScheduler(),
    )


MAKERS: dict[str, Callable[[], Any]] = {
    "wan2.2-ti2v-5b": _wan22_small,
    "wan2.2-i2v-a14b": _wan22_large,
    "wan2.1-flf2v": _wan21_ends,
    "ltx-condition": _ltx,
    "cogvideox-i2v": _cog,
}
