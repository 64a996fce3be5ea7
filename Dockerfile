# The tutor in one container: docker build -t tutor . && docker run -p 7860:7860 -v tutor:/data tutor
# Without a GPU, tell pip where to find a CPU build of PyTorch: --build-arg PIP_ARGS="--find-links ..."
FROM python:3.12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 user \
    && install --directory --owner=user --group=user --mode=0700 /data

WORKDIR /home/user/app
ARG PIP_ARGS=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt requirements-bundled.txt constraints.txt ./
RUN pip install ${PIP_ARGS} -r requirements.txt -c constraints.txt \
    && pip install ${PIP_ARGS} --no-deps --require-hashes -r requirements-bundled.txt
COPY --chown=user:user . .

USER user
ENV HOME=/home/user \
    PYTHONUNBUFFERED=1 \
    TUTOR_DATA_DIR=/data \
    TUTOR_HOST=0.0.0.0 \
    TUTOR_PORT=7860 \
    GRADIO_ANALYTICS_ENABLED=False \
    HF_HUB_DISABLE_TELEMETRY=1 \
    LANGSMITH_TRACING=false
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
CMD ["python", "app.py"]
