"""TaxRate, as Stripe writes it. Percentages are percent as decimal numbers, amounts are in minor units."""

from typing import Literal

from app.objects.as_written import Open
from app.objects.base import Object
from app.objects.metadata import Metadata
from app.objects.scalars import Boolean, CurrencyCode, Integer, Percentage, Timestamp

TaxType = Literal[
    "admissions_tax",
    "amusement_tax",
    "attendance_tax",
    "communications_tax",
    "entertainment_tax",
    "gross_receipts_tax",
    "gst",
    "hospitality_tax",
    "hst",
    "igst",
    "jct",
    "lease_tax",
    "luxury_tax",
    "pst",
    "qst",
    "resort_tax",
    "retail_delivery_fee",
    "rst",
    "sales_tax",
    "service_tax",
    "tourism_tax",
    "vat",
]
TaxabilityReason = Literal[
    "customer_exempt",
    "not_collecting",
    "not_subject_to_tax",
    "not_supported",
    "portion_product_exempt",
    "portion_reduced_rated",
    "portion_standard_rated",
    "product_exempt",
    "product_exempt_holiday",
    "proportionally_rated",
    "reduced_rated",
    "reverse_charge",
    "standard_rated",
    "taxable_basis_reduced",
    "zero_rated",
]


class FlatAmount(Object):
    """A tax of a fixed amount per line."""

    amount: Integer
    currency: CurrencyCode


class TaxRate(Object):
    """A tax by percent of the taxable amount or as a flat amount, inclusive or exclusive."""

    id: str
    object: Literal["tax_rate"] = "tax_rate"
    active: Boolean = True
    country: str | None = None
    created: Timestamp = 0
    description: str | None = None
    display_name: str
    effective_percentage: Percentage | None = None
    flat_amount: FlatAmount | None = None
    inclusive: Boolean
    jurisdiction: str | None = None
    jurisdiction_level: Open[Literal["city", "country", "county", "district", "multiple", "state"]] | None = None
    livemode: Boolean = False
    metadata: Metadata | None = {}
    percentage: Percentage
    rate_type: Open[Literal["flat_amount", "percentage"]] | None = None
    state: str | None = None
    tax_type: Open[TaxType] | None = None
