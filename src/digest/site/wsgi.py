"""What a web server loads: `digest.site.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digest.site.settings")
application = get_wsgi_application()
