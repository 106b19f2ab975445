"""/products and /assets."""

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from creative import products
from creative.api.base import DeskView
from creative.api.idempotency import once
from creative.api.schema import IDEMPOTENCY_KEY, PAGING, operation, page_of
from creative.api.shapes_products import AssetOut, ProductIn, ProductOut, UploadIn, UploadOut
from creative.domain.product import FactsInvalid, ProductDraft, parse_product
from creative.errors import FactsRefused, NoFileTaken, NotFound
from creative.intake import images
from creative.models import Asset, Product


class Products(DeskView):
    @operation("products_list", "The products, newest first.", parameters=PAGING, responses={200: page_of(ProductOut)})
    def get(self, request: Request) -> Response:
        rows = Product.objects.of(self.organization).filter(archived_at=None).prefetch_related("texts", "assets")
        return self.page(request, rows, ProductOut)

    @operation(
        "products_create",
        "Add a product by its facts (docs/product-yaml.md).",
        request=ProductIn,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: ProductOut},
    )
    @once()
    def post(self, request: Request) -> Response:
        product = products.create_product(self.organization, _facts(request))
        return Response(ProductOut(product, context={"request": request}).data, status=201)


class ProductDetail(DeskView):
    @operation("products_read", "One product with its facts and photos.", responses={200: ProductOut})
    def get(self, request: Request, product_id: str) -> Response:
        product = products.product_of(self.organization, product_id)
        return Response(ProductOut(product, context={"request": request}).data)

    @operation(
        "products_replace",
        "Replace all facts of a product. Ads already made keep theirs.",
        request=ProductIn,
        responses={200: ProductOut},
    )
    def put(self, request: Request, product_id: str) -> Response:
        product = products.product_of(self.organization, product_id)
        products.update_product(product, _facts(request))
        return Response(ProductOut(product, context={"request": request}).data)

    @operation("products_archive", "Hide a product. Its ads stay.", responses={204: None})
    def delete(self, request: Request, product_id: str) -> Response:
        products.archive(products.product_of(self.organization, product_id))
        return Response(status=204)


class ProductAssets(DeskView):
    parser_classes = [MultiPartParser]

    @operation("assets_list", "The photos of a product.", parameters=PAGING, responses={200: page_of(AssetOut)})
    def get(self, request: Request, product_id: str) -> Response:
        product = products.product_of(self.organization, product_id)
        return self.page(request, Asset.objects.of(self.organization).filter(product=product), AssetOut)

    @operation(
        "assets_upload",
        "Upload photos. Each file is judged on its own: 201 with what was taken and what was not, 422 if nothing was.",
        request={"multipart/form-data": UploadIn},
        responses={201: UploadOut, 200: UploadOut},
    )
    def post(self, request: Request, product_id: str) -> Response:
        product = products.product_of(self.organization, product_id)
        files = request.FILES.getlist("files")
        if not files:
            raise NoFileTaken(
                [], "请在 files 字段里上传至少一个文件。", "upload at least one file in the field 'files'."
            )
        report = images.accept(
            self.organization,
            product,
            [(file.name or "", file) for file in files],
            background=request.POST.get("background") or "#ffffff",
            rights=request.POST.get("rights", ""),
        )
        if not report.accepted and not report.duplicates:
            raise NoFileTaken(
                [
                    {"name": item.name, "code": item.code, "detail": item.en, "detail_zh": item.zh}
                    for item in report.refused
                ],
                "没有一个文件可用，原因见 refused。",
                "none of the files can be used, see 'refused' for each.",
            )
        return Response(UploadOut(report, context={"request": request}).data, status=201 if report.accepted else 200)


class AssetView(DeskView):
    def asset(self, asset_id: str) -> Asset:
        asset = Asset.objects.of(self.organization).exclude(product=None).filter(public_id=asset_id).first()
        if asset is None:
            raise NotFound("照片", "photo")
        return asset


class AssetDetail(AssetView):
    @operation("assets_read", "One photo.", responses={200: AssetOut})
    def get(self, request: Request, asset_id: str) -> Response:
        return Response(AssetOut(self.asset(asset_id), context={"request": request}).data)

    @operation("assets_remove", "Take a photo off its product. Ads that show it keep it.", responses={204: None})
    def delete(self, request: Request, asset_id: str) -> Response:
        products.remove_photo(self.asset(asset_id))
        return Response(status=204)


class AssetFirst(AssetView):
    @operation(
        "assets_first",
        "Make a photo the hero of its product: it plays the reveal and stands on the end card.",
        responses={200: AssetOut},
    )
    def post(self, request: Request, asset_id: str) -> Response:
        asset = self.asset(asset_id)
        products.put_first(asset)
        return Response(AssetOut(asset, context={"request": request}).data)


def _facts(request: Request) -> ProductDraft:
    try:
        return parse_product(request.data)
    except FactsInvalid as invalid:
        raise FactsRefused(invalid) from invalid
