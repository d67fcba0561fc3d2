/* MLP 2-16-16-1, hinge loss and L2: value and gradients, in single loops over the points.

   parameters: layer after layer, neuron after neuron, its weights and then its bias (337 numbers) */

enum { IN = 2, HIDDEN = 16, W2 = (IN + 1) * HIDDEN, W3 = W2 + (HIDDEN + 1) * HIDDEN, ALL = W3 + HIDDEN + 1 };

double loss_and_gradients(int points, const double *x, const double *target, const double *p, double *d)
{
    double loss = 0.0;
    for (int k = 0; k < ALL; k++) d[k] = 0.0;
    for (int n = 0; n < points; n++, x += IN) {
        double h1[HIDDEN], h2[HIDDEN], d1[HIDDEN] = {0}, d2[HIDDEN];
        for (int j = 0; j < HIDDEN; j++) {
            const double *w = p + j * (IN + 1);
            double z = w[IN] + w[0] * x[0] + w[1] * x[1];
            h1[j] = z > 0 ? z : 0;
        }
        for (int j = 0; j < HIDDEN; j++) {
            const double *w = p + W2 + j * (HIDDEN + 1);
            double z = w[HIDDEN];
            for (int i = 0; i < HIDDEN; i++) z += w[i] * h1[i];
            h2[j] = z > 0 ? z : 0;
        }
        double score = p[W3 + HIDDEN];
        for (int i = 0; i < HIDDEN; i++) score += p[W3 + i] * h2[i];
        double margin = 1 - target[n] * score;
        if (margin <= 0) continue;
        loss += margin / points;
        double d_score = -target[n] / points;
        d[W3 + HIDDEN] += d_score;
        for (int i = 0; i < HIDDEN; i++) {
            d[W3 + i] += d_score * h2[i];
            d2[i] = h2[i] > 0 ? d_score * p[W3 + i] : 0;
        }
        for (int j = 0; j < HIDDEN; j++) {
            if (d2[j] == 0) continue;
            const double *w = p + W2 + j * (HIDDEN + 1);
            double *dw = d + W2 + j * (HIDDEN + 1);
            dw[HIDDEN] += d2[j];
            for (int i = 0; i < HIDDEN; i++) {
                dw[i] += d2[j] * h1[i];
                d1[i] += d2[j] * w[i];
            }
        }
        for (int j = 0; j < HIDDEN; j++) {
            if (h1[j] <= 0) continue;
            double *dw = d + j * (IN + 1);
            dw[0] += d1[j] * x[0];
            dw[1] += d1[j] * x[1];
            dw[IN] += d1[j];
        }
    }
    for (int k = 0; k < ALL; k++) {
        loss += 1e-4 * p[k] * p[k];
        d[k] += 2e-4 * p[k];
    }
    return loss;
}
