# One image with Freqtrade, the strategies and the tools; docker-compose.yml mounts this folder into Freqtrade's own instead.
#
#   docker build -t ict-ob-fvg .
#   docker run --env-file .env -v ict-state:/freqtrade/user_data -v ict-logs:/freqtrade/logs ict-ob-fvg
#   docker run --rm -v ict-state:/freqtrade/user_data --entrypoint python ict-ob-fvg -m ict_lab.report
#
# What is ours lies in /ict and changes with the image; what a bot writes lies in /freqtrade/user_data and stays.
FROM freqtradeorg/freqtrade:2026.9

LABEL org.opencontainers.image.title="ict-ob-fvg" \
    org.opencontainers.image.licenses="GPL-3.0-only"

COPY --chown=ftuser:ftuser requirements.txt requirements-lab.txt constraints.txt /ict/
# The versions that are tested, over those of the image.
RUN pip install --user --no-cache-dir -r /ict/requirements-lab.txt -c /ict/constraints.txt

COPY --chown=ftuser:ftuser config.json LICENSE /ict/
COPY --chown=ftuser:ftuser user_data/config /ict/user_data/config
COPY --chown=ftuser:ftuser user_data/hyperopts /ict/user_data/hyperopts
COPY --chown=ftuser:ftuser user_data/strategies /ict/user_data/strategies
COPY --chown=ftuser:ftuser user_data/tools /ict/user_data/tools
RUN mkdir -p /freqtrade/logs

# The strategy's packages, also for hyperopt's worker processes, and the tools; where Freqtrade looks for strategies.
ENV PYTHONPATH=/ict/user_data/strategies:/ict/user_data/tools \
    FREQTRADE__STRATEGY_PATH=/ict/user_data/strategies \
    FREQTRADE__API_SERVER__LISTEN_IP_ADDRESS=0.0.0.0

# First says in one sentence what is wrong with keys, clock, account or configuration; then starts the bot.
ENTRYPOINT ["/bin/sh", "-c", "python -m ict_host.check \"$@\" && exec freqtrade \"$@\"", "freqtrade"]
CMD ["trade", "--config", "/ict/config.json", "--strategy", "ICTObFvgStrategy"]
