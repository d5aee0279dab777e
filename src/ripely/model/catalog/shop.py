"""Shopping: products, carts, orders, payments and subscriptions."""

from ripely.model.catalog.standard import Standard

_PRODUCT = {"product_id": "b7", "name": "City bike", "category": "Bikes", "price": 499.0}
_LINE = {**_PRODUCT, "quantity": 1}
_ORDER = {"order_id": "1042", "total": 499.0, "currency": "EUR", "products": [_LINE]}
_CART = {"cart_id": "c1", "value": 499.0, "currency": "EUR", "products": [_LINE]}
_PROMOTION = {"promotion_id": "p1", "name": "Spring"}
_SUBSCRIPTION = {"subscription": "s4", "plan": "pro", "price": 19.0, "currency": "EUR"}

SHOP = (
    Standard("product.listed", "Viewed a list of products.", {"category": "Bikes"}, ("Product List Viewed", "Product List Filtered")),
    Standard("product.clicked", "Clicked a product in a list.", _PRODUCT, ("Product Clicked",)),
    Standard("product.viewed", "Viewed a product.", _PRODUCT, ("Product Viewed",)),
    Standard("product.added", "Put a product into the cart.", _LINE, ("Product Added",)),
    Standard("product.removed", "Took a product out of the cart.", _LINE, ("Product Removed",)),
    Standard("product.wished", "Put a product on the wish list.", _PRODUCT, ("Product Added to Wishlist",)),
    Standard("product.compared", "Compared products.", {**_PRODUCT, "list": "l1"}, ("Product Compared",)),
    Standard("product.reviewed", "Reviewed a product.", {"product_id": "b7", "rating": 5}, ("Product Reviewed",)),
    Standard("product.shared", "Shared a product.", {"product_id": "b7", "share_via": "email"}, ("Product Shared",)),
    Standard("product.restocked", "A product that they waited for is there again.", _PRODUCT, ("Product Restocked", "Back in Stock"), act=False),
    Standard("price.dropped", "A product that they looked at costs less.", {**_PRODUCT, "before": 549.0}, ("Price Dropped",), act=False),
    Standard("cart.viewed", "Viewed the cart.", _CART, ("Cart Viewed",)),
    Standard("cart.updated", "Changed what is in the cart.", _CART, ("Cart Updated",)),
    Standard("cart.emptied", "Took everything out of the cart.", {"cart_id": "c1"}, ("Cart Emptied", "Cart Cleared")),
    Standard("cart.abandoned", "Left a cart behind, as the shop tells.", _CART, ("Cart Abandoned",), act=False),
    Standard("cart.shared", "Shared the cart.", _CART, ("Cart Shared",)),
    Standard("promotion.viewed", "Saw a promotion.", _PROMOTION, ("Promotion Viewed",)),
    Standard("promotion.clicked", "Clicked a promotion.", _PROMOTION, ("Promotion Clicked",)),
    Standard("coupon.entered", "Entered a coupon.", {"coupon": "MAY10"}, ("Coupon Entered",)),
    Standard("coupon.applied", "Got a coupon's reduction.", {"coupon": "MAY10", "discount": 49.9}, ("Coupon Applied",)),
    Standard("coupon.denied", "Entered a coupon that was not taken.", {"coupon": "MAY10", "reason": "expired"}, ("Coupon Denied",)),
    Standard("checkout.started", "Started to check out.", _ORDER, ("Checkout Started",)),
    Standard("checkout.progressed", "Came to a step of the checkout.", {"step": 2}, ("Checkout Step Viewed", "Checkout Step Completed")),
    Standard("checkout.abandoned", "Left a checkout unfinished, as the shop tells.", _ORDER, ("Checkout Abandoned",), act=False),
    Standard("payment.entered", "Entered payment details.", {"payment_method": "card"}, ("Payment Info Entered",)),
    Standard("order.completed", "Completed an order.", _ORDER, ("Order Completed",)),
    Standard("order.updated", "An order was changed.", _ORDER, ("Order Updated",), act=False),
    Standard("order.shipped", "An order is on its way.", {"order_id": "1042", "tracking": "NP-77"}, ("Order Shipped",), act=False),
    Standard("order.delivered", "An order has arrived.", {"order_id": "1042"}, ("Order Delivered",), act=False),
    Standard("order.refunded", "An order was refunded.", _ORDER, ("Order Refunded",), act=False),
    Standard("order.cancelled", "An order was cancelled.", _ORDER, ("Order Cancelled",), act=False),
    Standard("payment.received", "Paid.", {"amount": 499.0, "currency": "EUR"}, ("Payment Received",), act=False),
    Standard("payment.failed", "A payment did not go through.", {"amount": 499.0, "currency": "EUR", "reason": "card refused"}, ("Payment Failed",), act=False),
    Standard("payment.refunded", "Got money back.", {"amount": 499.0, "currency": "EUR"}, ("Payment Refunded",), act=False),
    Standard("invoice.overdue", "An invoice is past its day.", {"invoice": "i9", "amount": 499.0, "days": 3}, ("Invoice Overdue",), act=False),
    Standard("trial.started", "A trial began.", {"plan": "pro", "days": 14}, ("Trial Started",), act=False),
    Standard("trial.ended", "A trial came to its end.", {"plan": "pro"}, ("Trial Ended",), act=False),
    Standard("subscription.started", "A subscription began.", _SUBSCRIPTION, ("Subscription Started",), act=False),
    Standard("subscription.changed", "A subscription changed its plan.", {**_SUBSCRIPTION, "before": "basic"}, ("Subscription Changed", "Subscription Updated"), act=False),
    Standard("subscription.renewed", "A subscription was renewed.", _SUBSCRIPTION, ("Subscription Renewed",), act=False),
    Standard("subscription.cancelled", "A subscription was cancelled.", {**_SUBSCRIPTION, "reason": "too dear"}, ("Subscription Cancelled", "Subscription Canceled"), act=False),
    Standard("subscription.ended", "A subscription came to its end.", _SUBSCRIPTION, ("Subscription Ended", "Subscription Expired"), act=False),
)  # fmt: skip
